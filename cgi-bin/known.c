#include "known.h"

#include <string.h>

#include "base/clock.h"
#include "store/store_association.h"
#include "store/store_facts.h"
#include "store/store_request.h"
#include "store/store_resource.h"

struct entry {
    struct association_key key;
    int64_t read_at;
    struct known known;
};
struct known_table { struct entry *sets[KNOWN_SETS][KNOWN_WAYS]; };

struct known_table *known_new(const void *ctx) { return mem_new(ctx, struct known_table); }

/* What the key says is not there is not looked for: were it there by now, the next visit comes with another key. */
static const struct err *read_known(struct call *call, void *ctx, const struct association_key *key, struct known *known)
{
    struct db *db = call->db;
    if (key->association_id == 0)
        return NULL;
    TRY(association_active(db, ctx, call->actor.account_id, &known->association));
    const struct association *association = known->association;
    if (association == NULL)
        return NULL;
    TRY(resource_any(db, association->customer_id, &known->has_resources));
    if (key->open_request_id != 0)
        TRY(request_open_of(db, ctx, association->id, &known->open));
    if (known->open == NULL)
        TRY(request_unseen_result(db, ctx, association->id, SIDE_CUSTOMER, &known->result));
    if (association->model != MODEL_RESELLER)
        return NULL;
    TRY(rule_set_load(db, ctx, &known->set));
    return facts_load(db, ctx, association->customer_id, association->partner_id, SIDE_CUSTOMER, known->set, call->now, &known->facts);
}

static bool may_keep(const struct known *known)
{
    const struct facts *facts = known->facts;
    return facts == NULL || (facts->members_n == 0 && facts->members_independent == 0 && facts->members_unified_with_plan == 0 &&
                             facts->master_name[0] == '\0');
}

static bool still_holds(const struct entry *entry, const struct association_key *key, int64_t now)
{
    return memcmp(&entry->key, key, sizeof *key) == 0 && now >= entry->read_at && now - entry->read_at < KNOWN_MAX_AGE;
}

/* Where the account's entry is or goes. */
static struct entry **place_of(struct known_table *table, int64_t account_id)
{
    struct entry **ways = table->sets[(uint64_t)account_id % KNOWN_SETS], **place = &ways[0];
    for (size_t i = 0; i < KNOWN_WAYS; i++)
        if (ways[i] != NULL && ways[i]->key.account_id == account_id)
            return &ways[i];
    for (size_t i = 1; i < KNOWN_WAYS && *place != NULL; i++)
        if (ways[i] == NULL || ways[i]->read_at < (*place)->read_at)
            place = &ways[i];
    return place;
}

const struct err *known_find(struct call *call, const struct known **known)
{
    struct known_table *table = call->site->known;
    *known = NULL;
    if (table == NULL || call->stamp == NULL || call->actor.kind != ACCOUNT_CUSTOMER)
        return NULL;
    const struct association_key *key = &call->stamp->key;
    struct entry **place = place_of(table, key->account_id);
    if (*place != NULL && still_holds(*place, key, call->now)) {
        *known = &(*place)->known;
        return NULL;
    }
    /* Not of the request's memory, which is a pool: what is kept of that would keep it all. */
    struct entry *entry = mem_new(table, struct entry);
    entry->key = *key;
    entry->read_at = call->now;
    const struct err *err = read_known(call, entry, key, &entry->known);
    if (err != NULL) {
        talloc_free(entry);
        return err;
    }
    if (may_keep(&entry->known)) {
        talloc_free(*place);
        *place = entry;
    } else {
        (void)talloc_reparent(table, call->mem, entry);
    }
    *known = &entry->known;
    return NULL;
}
