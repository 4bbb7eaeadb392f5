#include "support/rows.h"
#include "support/test_db.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_invitation.h"
#include "store/store_registration.h"

#define NOW INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define L(value) ((long long)(value))

static struct db *db;
static void *mem;
static int64_t partner, other, customer, user, association;

static int64_t account(const char *kind, const char *no)
{
    test_db_sql(db, "INSERT INTO account (kind, no, name, created_at) VALUES ('%s', '%s', 'name %s', '2026-01-01')", kind, no, no);
    return test_db_number(db, "SELECT MAX(id) FROM account LIMIT 1");
}

static int begin(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    partner = account("PARTNER", "P-1");
    other = account("PARTNER", "P-2");
    customer = account("CUSTOMER", "C-1");
    test_db_sql(db, "INSERT INTO user (account_id, login, name, role, created_at) VALUES (%lld, 'a@x.example', 'Ada', 'admin', "
                "'2026-01-01')", L(partner));
    user = test_db_number(db, "SELECT MAX(id) FROM user LIMIT 1");
    test_db_sql(db, "INSERT INTO association (customer_id, partner_id, model, associated_at) VALUES (%lld, %lld, 'RESELLER', "
                "'2026-06-15')", L(customer), L(partner));
    association = test_db_number(db, "SELECT MAX(id) FROM association LIMIT 1");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static struct invitation_new by_email(const char *email, unsigned char fill)
{
    unsigned char *hash = talloc_array(mem, unsigned char, 32);

    memset(hash, fill, 32);
    return (struct invitation_new){
        .partner_id = partner, .user_id = user, .at = NOW, .kind = INVITATION_EMAIL, .name = "Nora", .email = email,
        .token_hash = hash, .expires_at = NOW + CLOCK_DAY
    };
}

static int64_t insert(const struct invitation_new *new)
{
    int64_t id;

    assert_null(invitation_insert(db, new, &id));
    return id;
}

static int64_t one(void)
{
    const struct invitation_new new = by_email("n@x.example", 'a');

    return insert(&new);
}

static const struct invitation *load(int64_t id)
{
    struct invitation *invitation;

    assert_null(invitation_load(db, mem, id, &invitation));
    assert_non_null(invitation);
    return invitation;
}

static void what_was_kept_is_read_again(void **state)
{
    const struct invitation_new new = by_email("n@x.example", 'a');
    int64_t id = insert(&new);
    struct invitation *found;

    (void)state;
    assert_null(invitation_find(db, mem, new.token_hash, &found));
    assert_int_equal(found->id, id);
    assert_int_equal(found->partner_id, partner);
    assert_string_equal(found->email, "n@x.example");
    assert_string_equal(found->name, "Nora");
    assert_string_equal(found->created_by_name, "Ada");
    assert_string_equal(found->partner_name, "name P-1");
    assert_true(found->expires_at == NOW + CLOCK_DAY && found->created_at == NOW && found->sends == 1);
    assert_int_equal(found->failure, GATE_NONE);
    assert_true(found->partner_is_open && !found->partner_is_frozen && !found->mail_failed);
    assert_null(invitation_find(db, mem, by_email("", 'b').token_hash, &found));
    assert_null(found);
    assert_null(invitation_open_of(db, mem, partner, "n@x.example", &found));
    assert_int_equal(found->id, id);
    assert_null(invitation_open_of(db, mem, other, "n@x.example", &found));
    assert_null(found);
    assert_null(invitation_open_of(db, mem, partner, "N@x.example", &found));   /* as bytes */
    assert_null(found);
}

static void one_open_invitation_an_address_and_partner(void **state)
{
    struct invitation_new again = by_email("n@x.example", 'b');
    const struct err *err;
    int64_t id;

    (void)state;
    (void)one();
    err = invitation_insert(db, &again, &id);
    assert_true(db_is_duplicate(err, "invitation_open"));
    again.partner_id = other;
    assert_null(invitation_insert(db, &again, &id));
}

static void tokens_are_unique(void **state)
{
    const struct invitation_new same = by_email("other@x.example", 'a');
    int64_t id;

    (void)state;
    (void)one();
    assert_true(db_is_duplicate(invitation_insert(db, &same, &id), "invitation_token"));
}

/* Each change with what must be so before it; a second one is not done. */
static bool accept_it(int64_t id, int64_t at)
{
    bool done = true;

    assert_null(invitation_accept(db, id, customer, user, association, at, &done));
    return done;
}

static bool decline_it(int64_t id, int64_t at)
{
    bool done = true;

    assert_null(invitation_decline(db, id, 0, 0, at, &done));
    return done;
}

static bool revoke_it(int64_t id, int64_t at)
{
    bool done = true;

    assert_null(invitation_revoke(db, id, user, at, &done));
    return done;
}

static bool expire_it(int64_t id, int64_t at)
{
    bool done = true;

    assert_null(invitation_expire(db, id, at, &done));
    return done;
}

static const struct change_row {
    const char *claim;
    bool (*change)(int64_t id, int64_t at);
    int64_t at;
    bool is_done;
    enum invitation_status status;
} change_rows[] = {
    { "open_one_is_accepted", accept_it, NOW + CLOCK_DAY - 1, true, INVITATION_ACCEPTED },
    { "one_that_is_over_is_not_accepted", accept_it, NOW + CLOCK_DAY, false, INVITATION_OPEN },
    { "open_one_is_declined", decline_it, NOW, true, INVITATION_DECLINED },
    { "one_that_is_over_is_not_declined", decline_it, NOW + CLOCK_DAY, false, INVITATION_OPEN },
    { "open_one_is_revoked", revoke_it, NOW, true, INVITATION_REVOKED },
    { "one_that_is_over_is_marked", expire_it, NOW + CLOCK_DAY, true, INVITATION_EXPIRED },
    { "one_that_is_not_over_is_not_marked", expire_it, NOW + CLOCK_DAY - 1, false, INVITATION_OPEN }
};

static void change_is_conditional_and_final(void **state)
{
    const struct change_row *row = *state;
    int64_t id = one();

    assert_int_equal(row->change(id, row->at), row->is_done);
    assert_int_equal(load(id)->status, row->status);
    assert_true((load(id)->decided_at == INSTANT_NONE) != row->is_done);
    for (size_t i = 0; row->is_done && i < sizeof change_rows / sizeof change_rows[0]; i++)
        assert_false(change_rows[i].change(id, row->at));
    assert_int_equal(load(id)->status, row->status);
}

static void renewing_compares_how_often_it_was_sent(void **state)
{
    int64_t id = one();
    const unsigned char *hash = by_email("", 'z').token_hash;
    bool done;

    (void)state;
    assert_null(invitation_renew(db, id, 2, hash, NOW + 9 * CLOCK_DAY, NOW + CLOCK_HOUR, &done));
    assert_false(done);
    assert_null(invitation_renew(db, id, 1, hash, NOW + 9 * CLOCK_DAY, NOW + CLOCK_HOUR, &done));
    assert_true(done);
    assert_memory_equal(load(id)->token_hash, hash, 32);
    assert_int_equal(load(id)->sends, 2);
    assert_true(load(id)->sent_at == NOW + CLOCK_HOUR && load(id)->created_at == NOW);
    assert_true(revoke_it(id, NOW));
    assert_null(invitation_renew(db, id, 2, hash, NOW + 9 * CLOCK_DAY, NOW + CLOCK_HOUR, &done));
    assert_false(done);
}

static void failure_is_noted_while_it_is_open(void **state)
{
    int64_t id = one();
    bool done;

    (void)state;
    assert_null(invitation_note_failure(db, id, GATE_IS_MEMBER, NOW + 5, &done));
    assert_true(done);
    assert_int_equal(load(id)->failure, GATE_IS_MEMBER);
    assert_true(load(id)->failed_at == NOW + 5);
    assert_true(revoke_it(id, NOW + 6));
    assert_null(invitation_note_failure(db, id, GATE_HAS_PARTNER, NOW + 7, &done));
    assert_false(done);
}

static void list_is_the_partners_own_newest_first_in_pages(void **state)
{
    struct invitation_page page;
    int64_t ids[5];

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct invitation_new new = by_email(mem_text(mem, "n%d@x.example", i), (unsigned char)('a' + i));

        new.at = NOW + i / 2;   /* two made at the same instant */
        new.partner_id = i == 4 ? other : partner;
        ids[i] = insert(&new);
    }
    assert_null(invitation_list(db, mem, partner, INSTANT_NONE, 0, 3, &page));
    assert_int_equal(page.n, 3);
    assert_true(page.has_more);
    assert_int_equal(page.invitations[0].id, ids[3]);
    assert_int_equal(page.invitations[2].id, ids[1]);
    assert_null(invitation_list(db, mem, partner, page.invitations[2].created_at, page.invitations[2].id, 3, &page));
    assert_int_equal(page.n, 1);
    assert_false(page.has_more);
    assert_int_equal(page.invitations[0].id, ids[0]);
}

static void only_later_ones_are_counted(void **state)
{
    int64_t n;

    (void)state;
    (void)one();
    assert_null(invitation_count(db, partner, NOW - 1, &n));
    assert_int_equal(n, 1);
    assert_null(invitation_count(db, partner, NOW, &n));
    assert_int_equal(n, 0);
    assert_null(invitation_count(db, other, NOW - 1, &n));
    assert_int_equal(n, 0);
}

/* --- registrations -------------------------------------------------------------------------------------------------------- */

static void registration_is_one_a_browser_until_it_is_finished(void **state)
{
    struct registration row = {
        .invitation_id = one(), .email = "n@x.example", .name = "Nora", .company = "Newco", .password_hash = "$scrypt$", .lang = "en",
        .created_at = NOW, .expires_at = NOW + CLOCK_DAY
    }, *found;
    unsigned char visit[32];
    int64_t id;
    bool done;

    (void)state;
    memset(visit, 'v', sizeof visit);
    assert_null(registration_put(db, &row, visit));
    assert_null(registration_find(db, mem, row.invitation_id, visit, NOW, &found));
    id = found->id;
    row.company = "Renamed";
    assert_null(registration_put(db, &row, visit));
    assert_null(registration_find(db, mem, row.invitation_id, visit, NOW, &found));
    assert_int_equal(found->id, id);
    assert_string_equal(found->company, "Renamed");
    assert_null(registration_find(db, mem, row.invitation_id, visit, NOW + CLOCK_DAY, &found));
    assert_null(found);
    assert_null(registration_finish(db, id, customer, NOW + CLOCK_DAY, &done));
    assert_false(done);
    assert_null(registration_finish(db, id, customer, NOW, &done));
    assert_true(done);
    assert_null(registration_finish(db, id, customer, NOW, &done));
    assert_false(done);
    assert_null(registration_find(db, mem, row.invitation_id, visit, NOW, &found));
    assert_null(found);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM registration WHERE password_hash <> '' LIMIT 1"), 0);
}

int main(void)
{
    static struct rows rows;

    db = test_db_open(NULL);
    ROWS_TEST(&rows, what_was_kept_is_read_again);
    ROWS_TEST(&rows, one_open_invitation_an_address_and_partner);
    ROWS_TEST(&rows, tokens_are_unique);
    ROWS_TABLE(&rows, change_is_conditional_and_final, change_rows);
    ROWS_TEST(&rows, renewing_compares_how_often_it_was_sent);
    ROWS_TEST(&rows, failure_is_noted_while_it_is_open);
    ROWS_TEST(&rows, list_is_the_partners_own_newest_first_in_pages);
    ROWS_TEST(&rows, only_later_ones_are_counted);
    ROWS_TEST(&rows, registration_is_one_a_browser_until_it_is_finished);
    for (size_t i = 0; i < rows.n; i++) {
        rows.tests[i].setup_func = begin;
        rows.tests[i].teardown_func = end;
    }
    return ROWS_RUN(&rows);
}
