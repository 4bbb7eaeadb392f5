#include "kept.h"

#include <string.h>

#include "base/clock.h"
#include "base/url.h"
#include "flash.h"
#include "routes.h"
#include "store/store_kept.h"

#define KEEP CLOCK_DAY

static bool may_keep(const struct field *field)
{
    switch (field->spec->kind) {
    case FIELD_TEXT:
    case FIELD_LINES:
    case FIELD_EMAIL:
        return field->typed[0] != '\0';
    case FIELD_CHOICE:
        return field->text[0] != '\0';
    case FIELD_TICK:       /* consent is given anew */
    case FIELD_CODE:
    case FIELD_PASSWORD:
    case FIELD_NUMBER:
    case FIELD_DATE:
    case FIELD_TOKEN:
        break;
    }
    return false;
}

static const struct err *save(struct call *call, int64_t user_id)
{
    struct buf *fields = buf_new(call->mem, 256);
    const char *path = call_page_path(call);
    for (size_t i = 0; i < call->form->n; i++) {
        const struct field *field = &call->form->fields[i];
        if (may_keep(field))
            buf_format(fields, "%s%s=%s", fields->n > 0 ? "&" : "", field->spec->name, url_encode(call->mem, field->typed));
    }
    if (fields->n == 0 || fields->n > KEPT_FIELDS_MAX_BYTES || strlen(path) > KEPT_PATH_MAX_BYTES)
        return NULL;
    TRY(db_ready(call->db, call->now));
    return kept_form_put(call->db, user_id, path, fields->bytes, call->now);
}

const struct err *kept_save_signed_out(struct call *call)
{
    if (!call->session_timed_out || (call->route->flags & ROUTE_KEEPS) == 0 || call->form == NULL)
        return NULL;
    if (!guard_csrf_is_right(&call->site->csrf_key, call->timed_out_token, form_text(call->form, "csrf")))
        return NULL;
    return save(call, call->timed_out_user_id);
}

const struct err *kept_waits(struct call *call, const char *path, bool *waits)
{
    const char *fields = NULL;
    path = mem_copy_n(call->mem, path, strcspn(path, "?"));
    TRY(kept_form_find(call->db, call->mem, call->timed_out_user_id, path, call->now - KEEP, &fields));
    *waits = fields != NULL;
    return NULL;
}

const struct err *kept_load(struct call *call)
{
    const struct route *route = route_keeping(call->route->pattern);
    const char *fields = NULL, *path = call_page_path(call);
    if (route == NULL || call->actor.role == ROLE_ANONYMOUS)
        return NULL;
    TRY(kept_form_find(call->db, call->mem, call->actor.user_id, path, call->now - KEEP, &fields));
    if (fields == NULL)
        return NULL;
    struct kept *kept = mem_new(call->mem, struct kept);
    /* Fields that the form no longer has are passed over. */
    TRY(form_parse(call->mem, NULL, route->fields, fields, strlen(fields), false, &kept->form));
    call->kept = kept;
    return NULL;
}

const struct err *kept_settle(struct call *call)
{
    if (call->is_stale || (call->route->flags & ROUTE_KEEPS) == 0 || call->response->status != 303)
        return NULL;
    if (call->is_put_off || (call->said != NULL && flash_says_not_taken(call->said)))
        return save(call, call->actor.user_id);
    const char *fields = NULL, *path = call_page_path(call);
    TRY(kept_form_find(call->db, call->mem, call->actor.user_id, path, call->now - KEEP, &fields));
    return fields != NULL ? kept_form_clear(call->db, call->actor.user_id, path) : NULL;
}
