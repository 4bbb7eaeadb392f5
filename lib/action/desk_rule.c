#include "action/desk_rule.h"

#include "base/memory.h"
#include "store/store_facts.h"

#define CHANGES_SHOWN 10

struct editing {
    struct act *act;
    const struct rule_edit *edit;
    int64_t set_id, seen_version, seen_in_force;
    const char *note;
    struct rule_edit_result *result;
};

static const struct err *refuse(const struct editing *e, enum rule_edit_outcome outcome)
{
    e->result->outcome = outcome;
    return act_refuse();
}

static const struct err *begin(const struct editing *e)
{
    enum desk_outcome outcome;
    *e->result = (struct rule_edit_result){.outcome = RULE_EDIT_DONE};
    TRY(desk_begin(e->act, e->note, &outcome));
    if (outcome == DESK_NO_STEP_UP)
        return refuse(e, RULE_EDIT_NO_STEP_UP);
    return outcome == DESK_NO_REASON ? refuse(e, RULE_EDIT_NO_REASON) : NULL;
}

/* The set's version is that which the operator has seen, and nobody else's from here on. */
static const struct err *take(const struct editing *e)
{
    struct rule_set_info *info = NULL;
    bool taken = false;
    TRY(rule_set_take(e->act->db, e->set_id, e->seen_version, &taken));
    if (taken)
        return NULL;
    TRY(rule_set_info(e->act->db, e->act->mem, e->set_id, &info));
    if (info != NULL && info->version == e->seen_version)
        return db_again("the rule set was changed meanwhile");
    TRY(rule_change_list(e->act->db, e->act->mem, e->set_id, e->seen_version, CHANGES_SHOWN, &e->result->changes,
                         &e->result->changes_n));
    return refuse(e, RULE_EDIT_CONFLICT);
}

static const struct err *record(const struct editing *e, enum operation operation, const char *set_name, const char *code,
                                const char *before, const char *after)
{
    struct act *act = e->act;
    const struct rule_change change = {
        .rule_set_id = e->set_id, .set_version = e->seen_version + 1, .at = act->now, .code = code,
        .user_id = act->actor->user_id, .user_name = act->actor->user_name, .before = before, .after = after, .note = e->note};
    struct operation_row row = {
        .operation = operation, .object = code[0] == '\0' ? set_name : mem_text(act->mem, "%s %s", set_name, code), .result = "DONE",
        .remark = mem_text(act->mem, "%s -> %s: %s", before, after, e->note)};
    TRY(rule_change_insert(act->db, &change));
    return act_log(act, &row);
}

/* --- one rule --- */

static const struct err *edit_work(struct db *db, void *arg)
{
    struct editing *e = arg;
    const struct rule_edit *edit = e->edit;
    struct rule_set *set = NULL;
    enum rule_code code = RULE_C1;

    TRY(begin(e));
    TRY(rule_of(db, edit->rule_id, &e->set_id, &code));
    if (e->set_id == 0)
        return err_new(ERR_MISSING, 0, "there is no rule %lld", (long long)edit->rule_id);
    struct rule_row row = edit->row;
    row.code = code;
    if (!rule_row_is_fine(&row))
        return refuse(e, RULE_EDIT_UNFIT);
    TRY(take(e));
    TRY(rule_set_find(db, e->act->mem, e->set_id, &set));
    const struct rule_row *before = &set->rows[code];
    if (rule_row_equal(before, &row))
        return refuse(e, RULE_EDIT_SAME);
    TRY(rule_write(db, edit->rule_id, &row));
    return record(e, OP_RULE_CHANGED, set->name, rule_code_name(code), rule_row_pack(e->act->mem, before),
                  rule_row_pack(e->act->mem, &row));
}

static const struct err *run(struct editing *e, const struct err *(*work)(struct db *db, void *arg))
{
    TRY(act_run(e->act, work, e));
    if (e->act->is_replay)
        *e->result = (struct rule_edit_result){.outcome = RULE_EDIT_DONE};
    return NULL;
}

const struct err *desk_rule_edit(struct act *act, const struct rule_edit *edit, struct rule_edit_result *result)
{
    struct editing e = {.act = act, .edit = edit, .seen_version = edit->seen_version, .note = edit->note, .result = result};
    return run(&e, edit_work);
}

/* --- the set in force --- */

static const struct err *use_work(struct db *db, void *arg)
{
    struct editing *e = arg;
    struct act *act = e->act;
    struct rule_set_info *info = NULL;
    struct rule_set *now = NULL;
    bool done = false;

    TRY(begin(e));
    TRY(rule_set_info(db, act->mem, e->set_id, &info));
    if (info == NULL)
        return err_new(ERR_MISSING, 0, "there is no rule set %lld", (long long)e->set_id);
    TRY(rule_set_load(db, act->mem, &now));
    if (now->id == e->set_id)
        return refuse(e, RULE_EDIT_SAME);
    if (now->id != e->seen_in_force) {
        TRY(rule_change_list(db, act->mem, now->id, 0, 1, &e->result->changes, &e->result->changes_n));
        return refuse(e, RULE_EDIT_CONFLICT);
    }
    TRY(take(e));
    TRY(rule_set_switch(db, now->id, e->set_id, &done));
    if (!done)
        return db_again("another set came into force meanwhile");
    return record(e, OP_RULE_SET_USED, info->name, "", now->name, info->name);
}

const struct err *desk_rule_set_use(struct act *act, const struct rule_set_use *use, struct rule_edit_result *result)
{
    struct editing e = {
        .act = act, .set_id = use->set_id, .seen_version = use->seen_version, .seen_in_force = use->seen_in_force,
        .note = use->note, .result = result};
    return run(&e, use_work);
}

/* --- what would come of it --- */

static const struct way { enum rule_operation operation; enum side side; } ways[] = {
    {OPERATION_CUSTOMER_SUBMIT, SIDE_CUSTOMER}, {OPERATION_CUSTOMER_AGREE, SIDE_CUSTOMER},
    {OPERATION_PARTNER_SUBMIT, SIDE_PARTNER}, {OPERATION_PARTNER_AGREE, SIDE_PARTNER},
};

static bool is_stopped(const struct rule_set *set, const struct facts *facts, enum rule_operation operation, int64_t now)
{
    struct rule_report report;
    rule_check(set, facts, operation, now, &report);
    return report.blocking > 0;
}

/* Facts hold the quota's limit with the grants on top, so only the rule's part of it is another one. */
static int64_t limit_after(const struct facts *facts, const struct rule_set *before, const struct rule_set *after)
{
    const int64_t limit = facts->quota.limit + after->rows[RULE_Q].limit - before->rows[RULE_Q].limit;
    return limit > QUOTA_SLOTS_MAX ? QUOTA_SLOTS_MAX : limit;
}

static void count(struct rule_preview *preview, const struct rule_set *before, const struct rule_set *after,
                  struct facts *const facts[SIDES], int64_t now, bool *more, bool *fewer)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct facts then = *facts[ways[i].side];
        const bool was = is_stopped(before, &then, ways[i].operation, now);
        then.quota.limit = limit_after(&then, before, after);
        const bool will_be = is_stopped(after, &then, ways[i].operation, now);
        preview->stopped[i].before += was;
        preview->stopped[i].after += will_be;
        *more |= will_be && !was;
        *fewer |= was && !will_be;
    }
}

static const struct err *look_at(struct db *db, const struct rule_sample *sample, const struct rule_set *before,
                                 const struct rule_set *after, int64_t now, struct rule_preview *preview)
{
    void *mem = mem_context(NULL, "preview");
    struct facts *facts[SIDES] = {NULL};
    bool more = false, fewer = false;
    const struct err *err = NULL;
    for (enum side side = SIDE_CUSTOMER; side <= SIDE_PARTNER && err == NULL; side++)
        err = facts_load(db, mem, sample->customer_id, sample->partner_id, side, before, now, &facts[side]);
    if (err == NULL) {
        count(preview, before, after, facts, now, &more, &fewer);
        preview->looked_at++;
        preview->more += more;
        preview->fewer += fewer;
        if (more && preview->named_n < DESK_PREVIEW_NAMED)
            preview->named[preview->named_n++] = *sample;
    }
    talloc_free(mem);
    return err;
}

const struct err *desk_rule_preview(struct db *db, const void *ctx, const struct rule_set *before, const struct rule_set *after,
                                    int64_t now, struct rule_preview *preview)
{
    struct rule_sample *samples = NULL;
    size_t n = 0;
    *preview = (struct rule_preview){.all = 0};
    TRY(rule_sample(db, ctx, DESK_PREVIEW_MAX, &samples, &n, &preview->all));
    for (size_t i = 0; i < n; i++)
        TRY(look_at(db, &samples[i], before, after, now, preview));
    return NULL;
}
