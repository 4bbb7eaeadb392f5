#include "generate.h"

#include "base/clock.h"
#include "base/memory.h"
#include "demo.h"

#define WORDS(list) (sizeof list / sizeof list[0])

static const char *const first_words[] = {
    "Amber", "Baltic", "Copper", "Delta", "Evergreen", "Falcon", "Granite", "Harbour", "Indigo", "Juniper", "Kestrel", "Lagoon",
    "Meridian", "Nordic", "Orchard", "Pacific", "Quarry", "Riverside", "Summit", "Tundra", "Ultramarine", "Verdant", "Willow", "远山"
};
static const char *const second_words[] = {
    "Analytics", "Bakery", "Clinics", "Design", "Energy", "Foods", "Games", "Holding", "Insurance", "Journal", "Kitchens",
    "Logistics", "Media", "Networks", "Optics", "Pharma", "Robotics", "Shipping", "Travel", "贸易"
};
static const char *const given_names[] = {
    "Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Igor", "Jun", "Karim", "Lena", "Miguel", "Nadia", "Oskar",
    "Priya", "Quentin", "Rosa", "Sven", "Tomás", "Uma", "Viktor", "Wei", "Yuki", "Zoë"
};
static const char *const family_names[] = {
    "Almeida", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanov", "Jensen", "Kowalski", "Lindqvist",
    "Moreau", "Novák", "O’Brien", "Petrov", "Rossi", "Santos", "Tanaka", "Usman", "Vogel", "Wang", "Yılmaz"
};

uint64_t generate_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t generate_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(generate_random(state) % (uint64_t)(high - low + 1));
}

/* A word for each of two kinds, by the place alone. */
static const char *two_words(const struct generating *g, int64_t place, uint64_t salt, const char *const *a, size_t a_n,
                             const char *const *b, size_t b_n)
{
    uint64_t state = (uint64_t)place * 2 + salt + (uint64_t)g->options->seed;
    const char *first = a[generate_random(&state) % a_n];

    return mem_text(g->mem, "%s %s", first, b[generate_random(&state) % b_n]);
}

static const char *company(const struct generating *g, int64_t place)
{
    return two_words(g, place, 11, first_words, WORDS(first_words), second_words, WORDS(second_words));
}

static const char *person(const struct generating *g, int64_t place)
{
    return two_words(g, place, 77777, given_names, WORDS(given_names), family_names, WORDS(family_names));
}

int64_t generated_partner_id(const struct generating *g, int64_t partner)
{
    return g->first_account + partner;
}

const char *generated_partner_name(const struct generating *g, int64_t partner)
{
    return mem_text(g->mem, "%s Cloud", company(g, -1 - partner));
}

const char *generated_partner_user(const struct generating *g, int64_t partner)
{
    return person(g, -1 - partner);
}

const char *generated_customer_no(const struct generating *g, int64_t customer)
{
    return mem_text(g->mem, "C-%lld", (long long)(g->number + customer));
}

const char *generated_customer_name(const struct generating *g, int64_t customer)
{
    return mem_text(g->mem, "%s %lld", company(g, customer), (long long)(customer + 1));
}

const char *generated_customer_login(const struct generating *g, int64_t customer)
{
    return mem_text(g->mem, "customer-%lld@generated.test", (long long)(g->number + customer));
}

const char *generated_customer_user(const struct generating *g, int64_t customer)
{
    return person(g, customer);
}

/* --- rows --- */

static void add_account(struct generating *g, int64_t id, enum account_kind kind, const char *no, const char *name,
                        const char *email, int64_t at)
{
    const struct db_value values[] = {
        db_value_int(id), db_value_text(account_kind_name(kind)), db_value_text(no), db_value_text(name),
        db_value_text(kind == ACCOUNT_CUSTOMER ? "USD" : NULL), db_value_text(kind == ACCOUNT_CUSTOMER ? "PARTNER" : "DIRECT"),
        db_value_text(kind == ACCOUNT_PARTNER ? email : ""), db_value_text(""), db_value_int(at)
    };

    generated_add(g, GENERATE_ACCOUNT, values);
}

static void add_user(struct generating *g, int64_t id, int64_t account_id, const char *login, const char *name, enum role role,
                     int64_t at)
{
    const struct db_value values[] = {
        db_value_int(id), db_value_int(account_id), db_value_text(login), db_value_text(name), db_value_text(role_name(role)),
        db_value_text(g->options->password_hash), db_value_text((role & ROLES_PLATFORM) != 0 ? DEMO_TOTP : NULL), db_value_text(""),
        db_value_int(at)
    };

    generated_add(g, GENERATE_USER, values);
}

static void add_contact(struct generating *g, int64_t id, int64_t account_id, const char *address, int64_t at)
{
    const struct db_value values[] = {
        db_value_int(id), db_value_int(account_id), db_value_text("EMAIL"), db_value_text(address), db_value_int(at)
    };

    generated_add(g, GENERATE_CONTACT, values);
}

void generate_partners(struct generating *g, int64_t at)
{
    for (int64_t i = 0; i < g->partners; i++) {
        const char *no = mem_text(g->mem, "P-%lld", (long long)(g->number + i));
        const char *login = mem_text(g->mem, "partner-%lld@generated.test", (long long)(g->number + i));

        add_account(g, generated_partner_id(g, i), ACCOUNT_PARTNER, no, generated_partner_name(g, i), login, at);
        add_user(g, g->first_user + i, generated_partner_id(g, i), login, generated_partner_user(g, i), ROLE_ADMIN, at);
        add_contact(g, ++g->ids.contact, generated_partner_id(g, i), login, at);
    }
    if (!g->ids.is_empty)
        return;
    /* One account of the platform is enough, and what is there has one. */
    g->platform_id = ++g->ids.account;
    g->ops_id = ++g->ids.user;
    add_account(g, g->platform_id, ACCOUNT_PLATFORM, mem_text(g->mem, "S-%lld", (long long)g->number), "Cloud platform", "", at);
    add_user(g, g->ops_id, g->platform_id, "ops@generated.test", GENERATED_OPS, ROLE_OPS, at);
    add_user(g, ++g->ids.user, g->platform_id, "auditor@generated.test", "Audrey Auditor", ROLE_AUDITOR, at);
}

void generate_customer(struct generating *g, const struct life *life)
{
    const char *login = generated_customer_login(g, life->customer);
    const struct db_value association[] = {
        db_value_int(life->association_id), db_value_int(life->customer_id), db_value_int(generated_partner_id(g, life->partner)),
        db_value_int(life->born_at + 2 * CLOCK_MINUTE)
    };

    add_account(g, life->customer_id, ACCOUNT_CUSTOMER, generated_customer_no(g, life->customer),
                generated_customer_name(g, life->customer), login, life->born_at);
    add_user(g, life->user_id, life->customer_id, login, generated_customer_user(g, life->customer), ROLE_OWNER, life->born_at);
    add_contact(g, life->contact_id, life->customer_id, login, life->born_at);
    generated_add(g, GENERATE_ASSOCIATION, association);
}
