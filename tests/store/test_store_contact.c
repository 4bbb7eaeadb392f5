#include "store/empty_db.h"

#include "store/store_code.h"
#include "store/store_contact.h"
#include "store/store_user.h"

#define NOW (INT64_C(1795327331) * CLOCK_SECOND)
#define USER 21
#define ACCOUNT 11
#define OTHER 12

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (%d, 'CUSTOMER', 'C-100011', 'Acme', NOW(6)), "
                "(%d, 'CUSTOMER', 'C-100012', 'Else', NOW(6))", ACCOUNT, OTHER);
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (%d, %d, 'a@acme.example', 'Ada', 'owner', "
                "NOW(6))", USER, ACCOUNT);
    return 0;
}

static int64_t insert(void)
{
    int64_t id = 0;
    assert_null(contact_insert(db, ACCOUNT, CHANNEL_EMAIL, "a@acme.example", NOW, &id));
    return id;
}

static void a_contact_is_found_by_its_account_only(void **state)
{
    struct contact *contact = NULL;
    const int64_t id = insert();
    (void)state;
    assert_null(contact_load(db, mem, ACCOUNT, id, &contact));
    assert_string_equal(contact->address, "a@acme.example");
    assert_int_equal(contact->channel, CHANNEL_EMAIL);
    assert_int_equal(contact->verified_at, NOW);
    assert_null(contact_load(db, mem, OTHER, id, &contact));
    assert_null(contact);
}

static void a_contact_ends_once_and_is_coded_no_more(void **state)
{
    const int64_t id = insert();
    struct contact *contact = NULL;
    bool done = true, is_live = false;
    (void)state;
    assert_null(contact_coded(db, id, NOW, &is_live));
    assert_true(is_live);
    assert_null(contact_end(db, OTHER, id, NOW, &done));
    assert_false(done);
    assert_null(contact_end(db, ACCOUNT, id, NOW, &done));
    assert_true(done);
    assert_null(contact_end(db, ACCOUNT, id, NOW, &done));
    assert_false(done);
    assert_null(contact_coded(db, id, NOW, &is_live));
    assert_false(is_live);
    assert_null(contact_load(db, mem, ACCOUNT, id, &contact));
    assert_null(contact);
}

static struct contact_change change_to(const char *address)
{
    struct contact_change change = {
        .account_id = ACCOUNT, .user_id = USER, .started_at = NOW, .channel = CHANNEL_SMS, .address = address, .return_to = "verify"};
    assert_null(contact_change_begin(db, &change));
    return change;
}

static const struct contact_change *load(int64_t account_id, int64_t id, int64_t since)
{
    struct contact_change *change = NULL;
    assert_null(contact_change_load(db, mem, account_id, id, since, &change));
    return change;
}

static void a_change_replaces_the_one_before_it(void **state)
{
    const struct contact_change first = change_to("+4915100000188"), second = change_to("+4915100000199");
    (void)state;
    assert_null(load(ACCOUNT, first.id, NOW - 1));
    const struct contact_change *found = load(ACCOUNT, second.id, NOW - 1);
    assert_string_equal(found->address, "+4915100000199");
    assert_string_equal(found->return_to, "verify");
    assert_int_equal(found->channel, CHANNEL_SMS);
    assert_int_equal(found->started_at, NOW);
    assert_null(load(OTHER, second.id, NOW - 1));
    assert_null(load(ACCOUNT, second.id, NOW));
}

static void a_change_is_closed_once(void **state)
{
    const struct contact_change change = change_to("+4915100000188");
    bool done = false;
    (void)state;
    assert_null(contact_change_close(db, change.id, NOW, CONTACT_CHANGE_PROVEN, &done));
    assert_true(done);
    assert_null(contact_change_close(db, change.id, NOW, CONTACT_CHANGE_PROVEN, &done));
    assert_false(done);
    assert_null(load(ACCOUNT, change.id, NOW - 1));
}

static void both_channels_are_on_until_one_is_switched_off(void **state)
{
    struct notice_channels channels;
    const struct notice_channels email = {.by_email = true}, none = {.by_email = false};
    (void)state;
    assert_null(notice_channels_load(db, ACCOUNT, &channels));
    assert_true(channels.by_email && channels.by_sms);
    assert_null(notice_channels_save(db, ACCOUNT, &email));
    assert_null(notice_channels_load(db, ACCOUNT, &channels));
    assert_true(channels.by_email && !channels.by_sms);
    assert_non_null(notice_channels_save(db, ACCOUNT, &none));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contact_is_found_by_its_account_only), TEST(a_contact_ends_once_and_is_coded_no_more),
        TEST(a_change_replaces_the_one_before_it), TEST(a_change_is_closed_once), TEST(both_channels_are_on_until_one_is_switched_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
