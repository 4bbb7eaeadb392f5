#include "store/store_customer.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define ASKING_MAX 20
#define LAST_AT INT64_C(253402300799999999)   /* nothing is later: 9999-12-31 */

#define CUSTOMER \
    "SELECT a.id, c.id, c.name, c.no, a.model, a.associated_at, f.type, f.source, r.no, r.initiator, r.escalated_at,\n" \
    "       EXISTS (SELECT 1 FROM task t\n" \
    "                WHERE t.account_id = a.partner_id AND t.kind = 'UNFREEZE' AND t.association_id = a.id AND t.open_key = 1)\n"
#define CUSTOMER_RESULTS "iisss" "tsssst" "i"

/* What was searched for, as it is and as patterns for name and number; then the status. Empty texts stand for all. */
#define MATCHES \
    "   AND (? = '' OR c.name LIKE ? OR c.no LIKE ?)\n" \
    "   AND (? = '' OR COALESCE(f.type, 'NONE') = ?)\n" \
    "   AND a.associated_at <= ? AND (a.associated_at < ? OR a.id < ?)\n" \
    " ORDER BY a.associated_at DESC, a.id DESC\n" \
    " LIMIT ?"
#define MATCHES_PARAMS "sssss" "ttii"

static const struct db_statement list = {
    "customer_list",
    CUSTOMER
    "  FROM association a\n"
    "  JOIN account c ON c.id = a.customer_id\n"
    "  LEFT JOIN freeze f ON f.open_account = c.id\n"
    "  LEFT JOIN disassociation_request r ON r.open_association = a.id\n"
    " WHERE a.partner_id = ? AND a.status = 'ACTIVE'\n"
    MATCHES,
    "i" MATCHES_PARAMS, CUSTOMER_RESULTS};
/* The few with an open request are found by the requests. */
static const struct db_statement list_asking = {
    "customer_list_by_request",
    CUSTOMER
    "  FROM disassociation_request r\n"
    "  JOIN association a ON a.id = r.association_id\n"
    "  JOIN account c ON c.id = a.customer_id\n"
    "  LEFT JOIN freeze f ON f.open_account = c.id\n"
    " WHERE r.partner_id = ? AND r.state = 'PENDING' AND r.initiator = ? AND a.status = 'ACTIVE'\n"
    MATCHES,
    "is" MATCHES_PARAMS, CUSTOMER_RESULTS};
static const struct db_statement list_calm = {
    "customer_list_without_request",
    CUSTOMER
    "  FROM association a\n"
    "  JOIN account c ON c.id = a.customer_id\n"
    "  LEFT JOIN freeze f ON f.open_account = c.id\n"
    "  LEFT JOIN disassociation_request r ON r.open_association = a.id\n"
    " WHERE a.partner_id = ? AND a.status = 'ACTIVE' AND r.id IS NULL\n"
    MATCHES,
    "i" MATCHES_PARAMS, CUSTOMER_RESULTS};

/* By the tasks of the partner, of which there are few. */
static const struct db_statement list_wishes = {
    "customer_list_asking",
    CUSTOMER
    "  FROM task w\n"
    "  JOIN association a ON a.id = w.association_id AND a.status = 'ACTIVE'\n"
    "  JOIN account c ON c.id = a.customer_id\n"
    "  JOIN freeze f ON f.open_account = c.id\n"
    "  LEFT JOIN disassociation_request r ON r.open_association = a.id\n"
    " WHERE w.account_id = ? AND w.kind = 'UNFREEZE' AND w.open_key = 1\n"
    " ORDER BY w.created_at, w.id\n"
    " LIMIT ?",
    "ii", CUSTOMER_RESULTS};

static const struct db_statement find = {
    "customer_association",
    "SELECT a.id\n"
    "  FROM association a\n"
    "  JOIN account c ON c.id = a.customer_id\n"
    " WHERE c.no = ? AND a.partner_id = ?\n"
    " ORDER BY a.status = 'ACTIVE' DESC, a.ended_at DESC, a.id DESC\n"
    " LIMIT 1",
    "si", "i"};
static const struct db_statement asks = {
    "customer_asks_unfreeze",
    "SELECT created_at\n  FROM task\n WHERE account_id = ? AND kind = 'UNFREEZE' AND association_id = ? AND open_key = 1\n LIMIT 1",
    "ii", "t"};
static const struct db_statement shown_at = {
    "session_names_shown", "SELECT names_shown_at\n  FROM session\n WHERE id = ?\n LIMIT 1", "i", "t"};
static const struct db_statement show = {
    "session_show_names",
    "UPDATE session\n   SET names_shown_at = COALESCE(names_shown_at, ?)\n WHERE id = ? AND ended_at IS NULL", "ti", ""};

const struct db_statement *const store_customer_statements[] = {
    &list, &list_asking, &list_calm, &list_wishes, &find, &asks, &shown_at, &show, NULL};

/* --- the list --- */

/* LIKE's own signs are meant as they are typed. */
static char *like(const void *ctx, const char *before, const char *text)
{
    struct buf *pattern = buf_new(ctx, 64);
    buf_text(pattern, before);
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '_' || *text == '\\')
            buf_char(pattern, '\\');
        buf_char(pattern, *text);
    }
    buf_char(pattern, '%');
    return pattern->bytes;
}

/* Numbers are ASCII; what is not cannot begin one. */
static char *number_like(const void *ctx, const char *text)
{
    char *upper = mem_copy(ctx, text);
    for (char *at = upper; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            return mem_copy(ctx, "");
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return like(ctx, "", upper);
}

static const char *status_text(enum customer_status status)
{
    switch (status) {
    case CUSTOMER_ANY_STATUS: break;
    case CUSTOMER_NOT_FROZEN: return "NONE";
    case CUSTOMER_ACCOUNT_FROZEN: return freeze_type_name(FREEZE_ACCOUNT);
    case CUSTOMER_ALL_FROZEN: return freeze_type_name(FREEZE_ACCOUNT_AND_RESOURCES);
    }
    return "";
}

static const struct err *read_customer(const struct db_rows *rows, size_t i, struct customer *customer)
{
    *customer = (struct customer){
        .association_id = db_int(rows, i, 0), .id = db_int(rows, i, 1), .name = db_text(rows, i, 2), .no = db_text(rows, i, 3),
        .associated_at = db_time(rows, i, 5), .is_frozen = !db_is_null(rows, i, 6), .request_no = db_text(rows, i, 8),
        .request_is_escalated = !db_is_null(rows, i, 10), .asks_unfreeze = db_int(rows, i, 11) != 0,
    };
    bool is_good = association_model_find(db_text(rows, i, 4), &customer->model);
    if (customer->is_frozen)
        is_good = is_good && freeze_type_find(db_text(rows, i, 6), &customer->freeze_type) &&
            freeze_source_find(db_text(rows, i, 7), &customer->freeze_source);
    if (customer->request_no[0] != '\0')
        is_good = is_good && side_find(db_text(rows, i, 9), &customer->request_initiator);
    return is_good ? NULL : err_new(ERR_BUG, 0, "customer %s is malformed", customer->no);
}

const struct err *customer_list(struct db *db, const void *ctx, const struct customer_filter *filter, int64_t before_at,
                                int64_t before_id, int limit, struct customer **customers, size_t *n, bool *has_more)
{
    const int64_t at = before_at == INSTANT_NONE ? LAST_AT : before_at, id = before_at == INSTANT_NONE ? INT64_MAX : before_id;
    const char *name = like(ctx, "%", filter->text), *no = number_like(ctx, filter->text), *status = status_text(filter->status);
    const int64_t room = (int64_t)limit + 1;
    struct db_rows *rows = NULL;

    switch (filter->request) {
    case CUSTOMER_WAITS_FOR_PARTNER:
    case CUSTOMER_IS_ASKED:
        TRY(db_query(db, ctx, &list_asking, &rows, filter->partner_id,
                     side_name(filter->request == CUSTOMER_IS_ASKED ? SIDE_PARTNER : SIDE_CUSTOMER), filter->text, name, no,
                     status, status, at, at, id, room));
        break;
    case CUSTOMER_ANY_REQUEST:
    case CUSTOMER_NO_REQUEST:
        TRY(db_query(db, ctx, filter->request == CUSTOMER_NO_REQUEST ? &list_calm : &list, &rows, filter->partner_id,
                     filter->text, name, no, status, status, at, at, id, room));
        break;
    }
    const size_t shown = rows->n > (size_t)limit ? (size_t)limit : rows->n;
    *customers = mem_array(ctx, struct customer, shown);
    for (size_t i = 0; i < shown; i++)
        TRY(read_customer(rows, i, &(*customers)[i]));
    *n = shown;
    *has_more = rows->n > shown;
    return NULL;
}

const struct err *customer_list_asking(struct db *db, const void *ctx, int64_t partner_id, struct customer **customers, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list_wishes, &rows, partner_id, (int64_t)ASKING_MAX));
    *customers = mem_array(ctx, struct customer, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        TRY(read_customer(rows, i, &(*customers)[i]));
    *n = rows->n;
    return NULL;
}

/* --- one of them --- */

const struct err *customer_association(struct db *db, int64_t partner_id, const char *no, int64_t *association_id)
{
    void *ctx = mem_context(NULL, "customer_association");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &find, &rows, db_ascii(no), partner_id);
    if (err == NULL)
        *association_id = rows->n > 0 ? db_int(rows, 0, 0) : 0;
    talloc_free(ctx);
    return err;
}

const struct err *customer_asks_unfreeze(struct db *db, int64_t partner_id, int64_t association_id, int64_t *since)
{
    void *ctx = mem_context(NULL, "customer_asks_unfreeze");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &asks, &rows, partner_id, association_id);
    if (err == NULL)
        *since = rows->n > 0 ? db_time(rows, 0, 0) : INSTANT_NONE;
    talloc_free(ctx);
    return err;
}

/* --- names --- */

const struct err *names_are_shown(struct db *db, int64_t session_id, bool *shown)
{
    void *ctx = mem_context(NULL, "names_are_shown");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &shown_at, &rows, session_id);
    if (err == NULL)
        *shown = rows->n > 0 && !db_is_null(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *names_show(struct db *db, int64_t session_id, int64_t at) { return db_exec(db, &show, NULL, at, session_id); }
