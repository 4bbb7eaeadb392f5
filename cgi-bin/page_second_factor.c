/* The second factor at sign-in: set up with an authenticator app, with recovery codes, and switched off. */
#include "pages.h"

#include <string.h>

#include "action/security.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "step_up_call.h"
#include "store/store_security.h"
#include "view/qr.h"

#define SHOWN_S 600   /* recovery codes wait so long in the cookie for the page that shows them */

const struct field_spec second_factor_fields[] = {
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = NULL},
};

struct reading { struct call *call; struct second_factor factor; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    return second_factor_load(db, call->mem, call->actor.user_id, call->now - SECOND_FACTOR_PENDING_S * CLOCK_SECOND, &reading->factor);
}

static const struct err *read_factor(struct call *call, struct second_factor *factor)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    *factor = reading.factor;
    return NULL;
}

static struct page *make_page(struct call *call, const char *stem, const char *title)
{
    struct page *page = call_page(call, stem, title);
    page->is_narrow = true;
    page->current = "/security";
    page_crumb(page, "/security", _("Security"));
    page_crumb(page, NULL, page->title);
    return page;
}

/* --- setting it up --- */

const struct err *second_factor_start_post(struct call *call)
{
    enum security_outcome outcome = SECURITY_DONE;
    TRY(second_factor_start(call_act(call, "/security/second-factor"), &outcome));
    return outcome == SECURITY_NO_STEP_UP ? step_up_go(call, "/security") : call_go(call, "/security/second-factor");
}

/* "ABCD EFGH …": in groups, as one types it. */
static const char *in_groups(const void *ctx, const char *text, size_t each)
{
    struct buf *groups = buf_new(ctx, 64);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i % each == 0)
            buf_char(groups, ' ');
        buf_char(groups, text[i]);
    }
    return groups->bytes;
}

/* Source: Google Authenticator wiki, "Key Uri Format". */
static const char *key_uri(const struct call *call, const char *secret)
{
    return mem_text(call->mem, "otpauth://totp/mypartner:%s?secret=%s&issuer=mypartner", url_encode(call->mem, call->actor.login), secret);
}

static const struct err *not_begun(struct call *call)
{
    call_flash(call, "factor-again");
    return call_go(call, "/security");
}

static const struct err *show_set_up(struct call *call, const struct second_factor *factor, const char *fault)
{
    char *secret = NULL;
    TRY(second_factor_key(call_act(call, NULL), factor, &secret));
    struct page *page = make_page(call, "second_factor", factor->is_on ? _("Use another authenticator app")
                                                                      : _("Set up two-step sign-in"));
    tpl_set(page->dict, "SECRET", in_groups(call->mem, secret, 4));
    secret_wipe(secret, strlen(secret));
    tpl_set(page->dict, "LOGIN", call->actor.login);
    tpl_set(page->dict, "CODE", call_typed(call, "code", ""));
    if (fault != NULL)
        page_fault(page, "code", fault);
    page_field(page, "code", "CODE_FAULT", "CODE_ERROR");
    return call_show(call, 0);
}

const struct err *second_factor_get(struct call *call)
{
    struct second_factor factor;
    if (!call->is_stale && step_up_first(call, "/security/second-factor"))
        return NULL;
    TRY(read_factor(call, &factor));
    return factor.pending == NULL ? not_begun(call) : show_set_up(call, &factor, NULL);
}

const struct err *second_factor_qr_get(struct call *call)
{
    struct second_factor factor;
    char *secret = NULL;
    if (step_up_first(call, "/security/second-factor"))
        return NULL;
    TRY(read_factor(call, &factor));
    TRY(second_factor_key(call_act(call, NULL), &factor, &secret));
    if (secret == NULL || !qr_svg(key_uri(call, secret), call->response->body))
        return call_missing(call);
    http_header(call->response, "Content-Type", "image/svg+xml");
    return NULL;
}

/* --- recovery codes: sealed in a cookie from the form that made them to the page that shows them, once --- */

static const char *codes_place(const struct call *call)
{
    return mem_text(call->mem, "recovery-codes-%lld-%lld", (long long)call->actor.user_id, (long long)call->actor.session_id);
}

static const struct err *go_to_codes(struct call *call, struct recovery_codes *codes)
{
    size_t n = 0;
    unsigned char *sealed = secret_seal(call->mem, &call->site->act_keys.token, codes_place(call), codes, sizeof *codes, &n);
    http_set_cookie(call->response, &call->site->cookies, "codes", secret_base64url(call->mem, sealed, n), SHOWN_S);
    secret_wipe(codes, sizeof *codes);
    return call_go(call, "/security/recovery-codes");
}

/* False: there are none to be shown. */
static bool take_codes(struct call *call, struct recovery_codes *codes)
{
    const char *cookie = "";
    char *plain = NULL;
    size_t n = 0;
    if (http_cookie(call->request, http_cookie_name(call->mem, &call->site->cookies, "codes"), &cookie) != NULL || cookie[0] == '\0')
        return false;
    const size_t sealed_n = strlen(cookie) * 3 / 4;
    unsigned char *sealed = talloc_zero_size(call->mem, sealed_n + 1);
    if (!secret_unbase64url(cookie, strlen(cookie), sealed, sealed_n) ||
        secret_open(call->mem, &call->site->act_keys.token, codes_place(call), sealed, sealed_n, &plain, &n) != NULL || n != sizeof *codes)
        return false;
    memcpy(codes, plain, sizeof *codes);
    secret_wipe(plain, n);
    return true;
}

const struct err *recovery_codes_get(struct call *call)
{
    struct recovery_codes codes;
    const bool are_there = take_codes(call, &codes);
    struct page *page = make_page(call, "recovery_codes", _("Your recovery codes"));
    tpl_show(page->dict, are_there ? "CODES" : "SHOWN_BEFORE");
    if (are_there) {
        for (int i = 0; i < RECOVERY_CODES; i++)
            tpl_set(tpl_row(page->dict, "RECOVERY"), "RECOVERY_CODE", in_groups(call->mem, codes.digits[i], 4));
        secret_wipe(&codes, sizeof codes);
        http_set_cookie(call->response, &call->site->cookies, "codes", "", 0);
    }
    return call_show(call, 0);
}

const struct err *second_factor_post(struct call *call)
{
    const char *code = form_text(call->form, "code");
    enum security_outcome outcome = SECURITY_DONE;
    struct second_factor factor;
    struct recovery_codes codes;
    struct act *act = call_act(call, "/security/recovery-codes");
    TRY(second_factor_set_up(act, code, &outcome, &codes));
    if (act->is_done)
        return go_to_codes(call, &codes);
    if (outcome == SECURITY_NO_STEP_UP)
        return step_up_go(call, "/security/second-factor");
    TRY(read_factor(call, &factor));
    if (outcome == SECURITY_GONE || factor.pending == NULL)
        return not_begun(call);
    return show_set_up(call, &factor, code[0] == '\0' ? _("Enter your one-time password")
                       : _("The code is not correct. Enter the newest one your app shows, and check the time of your device"));
}

const struct err *recovery_codes_post(struct call *call)
{
    enum security_outcome outcome = SECURITY_DONE;
    struct recovery_codes codes;
    struct act *act = call_act(call, "/security/recovery-codes");
    TRY(second_factor_renew_codes(act, &outcome, &codes));
    if (act->is_done)
        return go_to_codes(call, &codes);
    return outcome == SECURITY_NO_STEP_UP ? step_up_go(call, "/security") : not_begun(call);
}

/* --- switching it off --- */

static const struct err *refuse_platform(struct call *call)
{
    return call_error_page(call, 409, _("Two-step sign-in can’t be switched off"),
                           _("Those who run the platform always need it. You can use another authenticator app instead."),
                           "/security", _("Go to Security"));
}

const struct err *second_factor_off_get(struct call *call)
{
    struct second_factor factor;
    if (call->actor.kind == ACCOUNT_PLATFORM)
        return refuse_platform(call);
    if (!call->is_stale && step_up_first(call, "/security/second-factor/off"))
        return NULL;
    TRY(read_factor(call, &factor));
    if (!factor.is_on)
        return call_go(call, "/security");
    make_page(call, "second_factor_off", _("Switch off two-step sign-in?"));
    return call_show(call, 0);
}

const struct err *second_factor_off_post(struct call *call)
{
    enum security_outcome outcome = SECURITY_DONE;
    TRY(second_factor_switch_off(call_act(call, "/security"), &outcome));
    switch (outcome) {
    case SECURITY_REQUIRED:
        return refuse_platform(call);
    case SECURITY_NO_STEP_UP:
        return step_up_go(call, "/security/second-factor/off");
    case SECURITY_DONE:
        call_flash(call, "factor-off");
        return call_go(call, "/security");
    case SECURITY_GONE:
    case SECURITY_REFUSED:
    case SECURITY_WRONG:
        break;
    }
    return call_go(call, "/security");
}
