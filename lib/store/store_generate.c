#include "store/store_generate.h"

#include <string.h>

#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement inserts[GENERATE_TABLES] = {
    [GENERATE_ACCOUNT] = {
        "generate_account",
        "INSERT INTO account (id, kind, no, name, currency, billing_mode, public_email, public_phone, created_at)\n"
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "isssssss" "t", ""
    },
    [GENERATE_USER] = {
        "generate_user",
        "INSERT INTO user (id, account_id, login, name, role, password_hash, totp_secret, lang, created_at)\n"
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "iissssss" "t", ""
    },
    [GENERATE_CONTACT] = {
        "generate_contact", "INSERT INTO contact (id, account_id, channel, address, verified_at) VALUES (?, ?, ?, ?, ?)", "iisst", ""
    },
    [GENERATE_ASSOCIATION] = {
        "generate_association",
        "INSERT INTO association (id, customer_id, partner_id, model, associated_at) VALUES (?, ?, ?, 'RESELLER', ?)", "iiit", ""
    },
    [GENERATE_REQUEST] = {
        "generate_request",
        "INSERT INTO disassociation_request (id, no, association_id, customer_id, partner_id, initiator, state, version, reason,\n"
        "  reason_text, statement_version, statement_lang, checks, submitted_at, submitted_by, submit_code_id, deadline_at,\n"
        "  escalated_at, decided_at, decided_by_side, decided_by, decision_text, decision_code_id)\n"
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, NULLIF(?, 0), ?, NULLIF(?, 0))",
        "isiiissi" "sssss" "tiitttsisi", ""
    },
    [GENERATE_CODE] = {
        "generate_code",
        "INSERT INTO verification_code (id, account_id, user_id, session_id, purpose, target_id, contact_id, channel, destination,\n"
        "  mac, state, sent_at, expires_at, tries, proven_at, grant_expires_at, used_at, used_by_request)\n"
        "VALUES (?, ?, ?, 0, ?, ?, ?, 'EMAIL', ?, ?, 'USED', ?, ?, 1, ?, ?, ?, ?)",
        "iiisiisb" "ttttti", ""
    },
    [GENERATE_NOTIFICATION] = {
        "generate_notification",
        "INSERT INTO notification (event_key, account_id, kind, details, link, request_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        "sisssit", ""
    },
    [GENERATE_FREEZE] = {
        "generate_freeze",
        "INSERT INTO freeze (account_id, type, source, reason, at, lifted_at, lift_reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        "issstts", ""
    },
    [GENERATE_SLOT] = {
        "generate_slot",
        "INSERT INTO quota_slot (side, customer_id, partner_id, slot_no, request_id, submitted_at, frees_at)\n"
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        "siiiitt", ""
    },
    [GENERATE_END] = {
        "generate_end",
        "UPDATE association SET status = 'ENDED', ended_at = ?, ended_by_request = ?, version = version + 1 WHERE id = ?", "tii", ""
    },
    [GENERATE_DIRECT] = {
        "generate_direct", "UPDATE account SET billing_mode = 'DIRECT', version = version + 1 WHERE id = ?", "i", ""
    }
};

#define HIGHEST(table) "(SELECT COALESCE(MAX(id), 0) FROM " table ")"
static const struct db_statement start_of = {
    "generate_start",
    "SELECT " HIGHEST("account") ", " HIGHEST("user") ", " HIGHEST("contact") ", " HIGHEST("association") ",\n"
    "  " HIGHEST("disassociation_request") ", " HIGHEST("verification_code") ",\n"
    "  COALESCE(h.seq, 0), h.hash, h.at,\n"
    "  NOT EXISTS (SELECT 1 FROM account) AND NOT EXISTS (SELECT 1 FROM operation_log)\n"
    "FROM (SELECT 1) one LEFT JOIN log_chain h ON h.chain_id = 0\nLIMIT 1",
    "", "iiiiiiibti"
};

const struct db_statement *const store_generate_statements[] = {
    &inserts[GENERATE_ACCOUNT], &inserts[GENERATE_USER], &inserts[GENERATE_CONTACT], &inserts[GENERATE_ASSOCIATION],
    &inserts[GENERATE_REQUEST], &inserts[GENERATE_CODE], &inserts[GENERATE_NOTIFICATION], &inserts[GENERATE_FREEZE],
    &inserts[GENERATE_SLOT], &inserts[GENERATE_END], &inserts[GENERATE_DIRECT], &start_of, NULL
};

size_t generate_columns(enum generate_table table)
{
    return strlen(inserts[table].params);
}

const struct err *generate_rows(struct db *db, enum generate_table table, const struct db_value *values, size_t n)
{
    return db_exec_rows(db, &inserts[table], values, n);
}

const struct err *generate_start(struct db *db, struct generate_start *start)
{
    void *mem = mem_context(NULL, "generate_start");
    struct db_rows *rows;
    const struct err *err = db_query(db, mem, &start_of, &rows);

    if (err == NULL) {
        size_t hash_n;
        const char *hash = db_bytes(rows, 0, 7, &hash_n);

        *start = (struct generate_start){
            .account = db_int(rows, 0, 0), .user = db_int(rows, 0, 1), .contact = db_int(rows, 0, 2),
            .association = db_int(rows, 0, 3), .request = db_int(rows, 0, 4), .code = db_int(rows, 0, 5),
            .platform = { .seq = db_int(rows, 0, 6), .at = db_time(rows, 0, 8) }, .is_empty = db_int(rows, 0, 9) != 0
        };
        if (hash_n == OPERATION_HASH_BYTES)
            memcpy(start->platform.hash, hash, hash_n);
    }
    talloc_free(mem);
    return err;
}
