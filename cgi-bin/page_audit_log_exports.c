#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/export_log.h"
#include "audit_call.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store_export.h"

#define SHOWN 20
#define INTERNAL "/audit-log-files/"   /* the folder as the web server knows it: nginx.conf.example */

static const char *const format_choices[] = {"CSV", "JSONL", NULL};

const struct field_spec audit_log_export_fields[] = {
    AUDIT_FIELDS,
    {.name = "format", .kind = FIELD_CHOICE, .choices = format_choices},
    {.name = NULL},
};

/* --- asking ----------------------------------------------------------------------------------------------------------- */

struct finding { struct call *call; struct audit_call audit; };

static const struct err *find(struct db *db, void *arg)
{
    struct finding *finding = arg;
    return audit_call_find(db, finding->call, &finding->audit);
}

const struct err *audit_log_export_post(struct call *call)
{
    struct finding finding = {.call = call};
    enum export_format format;
    enum export_outcome outcome;
    if (call->site->config->worker.exports[0] == '\0')
        return call_error_page(call, 409, _("Exports in the browser are switched off"), _("An operator can export the log with mypartnerctl."),
                               "/audit-log", _("Audit log"));
    audit_call_read(call, &finding.audit);
    if (finding.audit.faults_n > 0 || !export_format_find(form_text(call->form, "format"), &format))
        return audit_log_get(call);   /* says what is wrong */
    TRY(db_transaction(call->db, DB_READ_ONLY, find, &finding));
    const struct export_ask ask = {.format = format, .filter = &finding.audit.filter, .words = audit_call_words(call), .zone = call->zone};
    struct act *act = call_act(call, "/audit-log/exports");
    TRY(export_log_ask(act, &ask, &outcome));
    if (act->is_done)
        call_flash(call, "export-asked");
    else
        call_flash(call, "export-busy");
    return call_go(call, "/audit-log/exports");
}

/* --- the list --------------------------------------------------------------------------------------------------------- */

static const struct { const char *css, *text; } states[EXPORT_STATES] = {
    [EXPORT_QUEUED] = {"info", N_("Waiting")}, [EXPORT_WRITING] = {"info", N_("Being prepared")}, [EXPORT_READY] = {"ok", N_("Ready")},
    [EXPORT_FAILED] = {"bad", N_("Failed")}, [EXPORT_DELETED] = {"", N_("Deleted")},
};

struct reading { struct call *call; struct log_export *exports; size_t n; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return export_list(db, reading->call->mem, reading->call->actor.user_id, SHOWN, &reading->exports, &reading->n);
}

static bool is_working(const struct log_export *export) { return export->state == EXPORT_QUEUED || export->state == EXPORT_WRITING; }

static void fill_export(const struct call *call, const struct log_export *export)
{
    struct tpl_dict *dict = tpl_row(call->page->dict, "EXPORT");
    const bool is_ready = export->state == EXPORT_READY && export->expires_at > call->now;
    tpl_set_int(dict, "EXPORT_ID", export->id);
    tpl_set(dict, "ASKED", format_time_s(call->mem, export->created_at, call->zone));
    tpl_set(dict, "FORMAT", export->format == EXPORT_CSV ? "CSV" : "JSON Lines");
    tpl_set(dict, "FILTER", strcmp(export->words, "all") == 0 ? _("All operations") : export->words);
    tpl_set(dict, "STATE_CSS", states[export->state].css);
    tpl_set(dict, "STATE", _(states[export->state].text));
    tpl_set_int(dict, "ROWS", export->n);
    tpl_show_if(dict, "READY", is_ready);
    tpl_show_if(dict, "UNREADY", !is_ready);
    tpl_set(dict, "UNTIL", is_working(export) ? _("Not ready yet") : "–");
}

const struct err *audit_log_exports_get(struct call *call)
{
    struct reading reading = {.call = call};
    bool is_busy = false;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "audit_log_exports", _("Exports of the log"));
    page->current = "/audit-log";
    page_crumb(page, "/audit-log", _("Audit log"));
    page_crumb(page, NULL, _("Exports"));
    tpl_set(page->dict, "KEPT", format_duration(call->mem, call->site->config->worker.export_ttl_s));
    tpl_show_if(page->dict, "EMPTY", reading.n == 0);
    tpl_show_if(page->dict, "TABLE", reading.n > 0);
    for (size_t i = 0; i < reading.n; i++) {
        fill_export(call, &reading.exports[i]);
        is_busy |= is_working(&reading.exports[i]);
    }
    tpl_show_if(page->dict, "WORKING", is_busy);
    return call_show(call, 0);
}

/* --- the file: a POST that is logged lets the GET after it have it for a minute ------------------------------------------ */

const struct err *audit_log_export_download_post(struct call *call)
{
    const char *id = call->vars.values[0];
    enum export_outcome outcome;
    struct act *act = call_act(call, mem_text(call->mem, "/audit-log/exports/%s/file", id));
    TRY(export_log_fetch(act, strtoll(id, NULL, 10), &outcome));
    if (act->is_done)
        return call_go(call, "/audit-log/exports/%s/file", id);
    call_flash(call, "export-gone");
    return call_go(call, "/audit-log/exports");
}

struct fetching { struct call *call; struct log_export *export; };

static const struct err *read_one(struct db *db, void *arg)
{
    struct fetching *f = arg;
    return export_load(db, f->call->mem, strtoll(f->call->vars.values[0], NULL, 10), f->call->actor.user_id, &f->export);
}

/* The web server puts the file in place of the body. */
const struct err *audit_log_export_file_get(struct call *call)
{
    struct fetching f = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_one, &f));
    if (f.export == NULL)
        return call_missing(call);
    if (f.export->state != EXPORT_READY || f.export->expires_at <= call->now || f.export->fetch_until == INSTANT_NONE ||
        f.export->fetch_until <= call->now) {
        call_flash(call, "export-again");
        return call_go(call, "/audit-log/exports");
    }
    const struct civil day = clock_civil(f.export->created_at, call->zone);
    http_header(call->response, "Content-Type", f.export->format == EXPORT_CSV ? "text/csv; charset=utf-8" : "application/x-ndjson");
    http_header(call->response, "Content-Disposition",
                mem_text(call->mem, "attachment; filename=\"operation-log-%04d%02d%02d-%lld.%s\"", day.year, day.month, day.day,
                         (long long)f.export->id, export_format_ending(f.export->format)));
    http_header(call->response, "X-Accel-Redirect", mem_text(call->mem, INTERNAL "%s", f.export->file));
    buf_text(call->response->body, "The web server is to hand out a file here.\n");   /* seen only where it does not know how */
    return NULL;
}
