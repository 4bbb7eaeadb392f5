/* store_generate.h - made-up histories, many rows at once: for test data. Ids are given by the caller, who has the database for
 * itself. Values are in the order of the table below, in the letters of the statement. */
#ifndef STORE_GENERATE_H
#define STORE_GENERATE_H

#include "store/db.h"
#include "store/store_log.h"

enum generate_table {
    GENERATE_ACCOUNT,         /* id, kind, no, name, currency, billing mode, public email, public phone, created at */
    GENERATE_USER,            /* id, account, login, name, role, password hash, TOTP secret, language, created at */
    GENERATE_CONTACT,         /* id, account, channel, address, verified at */
    GENERATE_ASSOCIATION,     /* id, customer, partner, associated at */
    GENERATE_REQUEST,         /* id, no, association, customer, partner, initiator, state, version, reason, reason text, statement
                                 version, statement language, checks, submitted at, by, code, deadline, escalated at, decided at,
                                 by side, by user, text, code */
    GENERATE_CODE,            /* id, account, user, purpose, target, contact, destination, MAC, sent at, expires at, proven at,
                                 grant expires at, used at, request */
    GENERATE_NOTIFICATION,    /* event key, account, kind, details, link, request, at */
    GENERATE_FREEZE,          /* account, type, source, reason, at, lifted at, lift reason */
    GENERATE_SLOT,            /* side, customer, partner, slot number, request, submitted at, frees at */
    GENERATE_END,             /* ended at, by request, association */
    GENERATE_DIRECT,          /* account that is not billed by a partner any more */
    GENERATE_TABLES
};
/* How many values a row has. */
size_t generate_columns(enum generate_table table);
const struct err *generate_rows(struct db *db, enum generate_table table, const struct db_value *values, size_t n);

/* What is there: the highest ids in use, and the head of the platform's chain. */
struct generate_start { int64_t account, user, contact, association, request, code; struct log_head platform; bool is_empty; };
const struct err *generate_start(struct db *db, struct generate_start *start);

#endif
