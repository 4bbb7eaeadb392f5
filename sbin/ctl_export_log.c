#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "action/export_log.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl.h"
#include "domain/request.h"
#include "log_export.h"
#include "progress.h"
#include "store/store_request.h"
#include "store/store_user.h"

struct asked { const char *format, *about, *operation, *side, *result, *actor, *from, *to, *output; };

static const struct err *find_about(struct ctl *ctl, const char *about, struct operation_filter *filter)
{
    struct account *account = NULL;
    struct request *request = NULL;

    if (request_no_is_valid(about))
        TRY(request_load_no(ctl->db, ctl->mem, about, &request));
    else
        TRY(account_find(ctl->db, ctl->mem, about, &account));
    if (request == NULL && account == NULL)
        return err_new(ERR_CONFLICT, 0, "there is no account and no request %s", about);
    filter->request_id = request != NULL ? request->id : 0;
    filter->account_id = account != NULL ? account->id : 0;
    return NULL;
}

static const struct err *find_actor(struct ctl *ctl, const char *login, struct operation_filter *filter)
{
    struct user *user;

    TRY(user_find(ctl->db, ctl->mem, text_lower(ctl->mem, login), &user));
    if (user == NULL)
        return err_new(ERR_CONFLICT, 0, "nobody signs in as %s", login);
    filter->user_id = user->id;
    return NULL;
}

/* Both days are included. */
static const struct err *read_days(struct ctl *ctl, const struct asked *asked, struct operation_filter *filter)
{
    const char *zone = ctl->config->site.zone;

    filter->from_at = filter->until_at = INSTANT_NONE;
    if (asked->from != NULL)
        TRY(clock_parse_date(asked->from, zone, &filter->from_at));
    if (asked->to == NULL)
        return NULL;
    TRY(clock_parse_date(asked->to, zone, &filter->until_at));
    if (asked->from != NULL && filter->until_at < filter->from_at)
        return err_new(ERR_INPUT, 0, "--from must be on or before --to");
    filter->until_at = clock_day_after(filter->until_at, zone);
    return NULL;
}

static const struct err *read_filter(struct ctl *ctl, const struct asked *asked, struct operation_filter *filter)
{
    *filter = (struct operation_filter){ .side = SIDES, .result = asked->result != NULL ? asked->result : "" };
    filter->by_operation = asked->operation != NULL;
    if (filter->by_operation && !operation_find(asked->operation, &filter->operation))
        return err_new(ERR_INPUT, 0, "%s is no operation of the log", asked->operation);
    if (asked->side != NULL && !side_find(asked->side, &filter->side))
        return err_new(ERR_INPUT, 0, "--side is CUSTOMER, PARTNER, PLATFORM or SYSTEM");
    if (asked->result != NULL && !operation_result_is_known(asked->result))
        return err_new(ERR_INPUT, 0, "%s is no result of the log", filter->result);
    TRY(read_days(ctl, asked, filter));
    if (asked->about != NULL)
        TRY(find_about(ctl, asked->about, filter));
    return asked->actor == NULL ? NULL : find_actor(ctl, asked->actor, filter);
}

static const char *in_words(const struct ctl *ctl, const struct asked *asked)
{
    const struct { const char *name, *value; } parts[] = {
        { "about", asked->about }, { "operation", asked->operation }, { "started by", asked->side }, { "result", asked->result },
        { "person", asked->actor }, { "from", asked->from }, { "to", asked->to }
    };
    struct buf *words = buf_new(ctl->mem, 128);

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].value != NULL)
            buf_format(words, "%s%s %s", words->n == 0 ? "" : ", ", parts[i].name, parts[i].value);
    return words->n == 0 ? "all" : words->bytes;
}

static const struct err *write_all(struct ctl *ctl, const struct operation_filter *filter, enum export_format format, FILE *file,
                                   const char *name, int64_t *n)
{
    struct log_export_walk *walk = log_export_begin(ctl->mem, ctl->db, filter, format, ctl->config->site.zone,
                                                    log_export_accounts_new(ctl->mem));
    struct progress progress = progress_begin("rows exported", 0);

    while (!walk->is_end) {
        TRY(log_export_next(walk));
        if (fwrite(walk->out->bytes, 1, walk->out->n, file) != walk->out->n)
            return err_new(ERR_BUG, errno, "%s: %s", name, strerror(errno));
        buf_clear(walk->out);
        progress_show(&progress, walk->n);
    }
    progress_end(&progress, walk->n);
    *n = walk->n;
    return NULL;
}

static const struct err *export_to(struct ctl *ctl, const struct operation_filter *filter, const char *words, enum export_format format,
                                   FILE *file, const char *name)
{
    struct act act = ctl_act(ctl);
    int64_t n = 0;

    TRY(export_log_note(&act, format, words));
    TRY(write_all(ctl, filter, format, file, name, &n));
    if (fflush(file) != 0)
        return err_new(ERR_BUG, errno, "%s: %s", name, strerror(errno));
    fprintf(stderr, "%" PRId64 " rows\n", n);
    return NULL;
}

static const struct err *read_format(const char *name, enum export_format *format)
{
    *format = EXPORT_CSV;
    if (name == NULL || strcmp(name, "csv") == 0)
        return NULL;
    *format = EXPORT_JSONL;
    return strcmp(name, "jsonl") == 0 ? NULL : err_new(ERR_INPUT, 0, "--format is csv or jsonl");
}

/* What is asked for is looked at before a file is opened: one of before is not emptied for nothing. */
const struct err *ctl_export_log(struct ctl *ctl)
{
    struct asked asked = { .format = NULL };
    const struct ctl_option options[] = {
        { "--format", &asked.format, false, false }, { "--about", &asked.about, false, false },
        { "--operation", &asked.operation, false, false }, { "--side", &asked.side, false, false },
        { "--result", &asked.result, false, false }, { "--actor", &asked.actor, false, false }, { "--from", &asked.from, false, false },
        { "--to", &asked.to, false, false }, { "--output", &asked.output, false, false }, { NULL, NULL, false, false }
    };
    struct operation_filter filter;
    FILE *file = stdout;
    enum export_format format;
    const struct err *err;

    TRY(ctl_options(ctl, options));
    TRY(read_format(asked.format, &format));
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    TRY(read_filter(ctl, &asked, &filter));
    if (filter.until_at == INSTANT_NONE || filter.until_at > ctl->now)
        filter.until_at = ctl->now;
    if (asked.output != NULL)
        file = fopen(asked.output, "we");
    if (file == NULL)
        return err_new(ERR_MISSING, errno, "%s: %s", asked.output, strerror(errno));
    err = export_to(ctl, &filter, in_words(ctl, &asked), format, file, asked.output != NULL ? asked.output : "standard output");
    if (file != stdout && fclose(file) != 0 && err == NULL)
        err = err_new(ERR_BUG, errno, "%s: %s", asked.output, strerror(errno));
    return err;
}
