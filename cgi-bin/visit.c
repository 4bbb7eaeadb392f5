#include "visit.h"

#include <string.h>

#include "base/clock.h"
#include "base/rand.h"
#include "routes.h"
#include "store/store_session.h"

#define TOKEN_BYTES 32
#define TOKEN_MIN_CHARACTERS 40
#define TOKEN_MAX_CHARACTERS 64

struct cookies { const char *session, *visit, *flash, *lang; };

void visit_begin(struct call *call)
{
    call->actor = (struct actor){.role = ROLE_ANONYMOUS, .login = "", .user_name = "", .account_name = "", .account_no = "",
                                 .lang = "", .zone = "", .theme = ""};
    call->session_token = "";
    call->flash = "";
    call->zone = call->site->config->site.zone;
    call->lang = lang_default();
    lang_use(call->lang);
}

static const struct err *take(struct call *call, const char *base, const char **value)
{
    return http_cookie(call->request, http_cookie_name(call->mem, &call->site->cookies, base), value);
}

static bool is_token(const char *text)
{
    size_t n = strlen(text);
    return n >= TOKEN_MIN_CHARACTERS && n <= TOKEN_MAX_CHARACTERS &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/* What was chosen in this browser, then the profile, then what the browser asks for. */
static void choose_language(struct call *call, const char *chosen)
{
    const struct lang *lang = lang_find(chosen);
    if (lang == NULL)
        lang = lang_find(call->actor.lang);
    if (lang == NULL)
        lang = lang_accept(call->request->accept_language);
    call->lang = lang;
    lang_use(lang);
}

void visit_language(struct call *call)
{
    const char *chosen = "";
    (void)take(call, "lang", &chosen);
    choose_language(call, chosen);
}

/* The first question of a request to the database. When the connection turns out to be lost, a new one is made, to
 * another server perhaps, and the question asked there: nobody has to see that. */
static const struct err *ask(struct call *call, const unsigned char *hash, struct session **session)
{
    TRY(db_ready(call->db, call->now));
    const bool with_stamp = call->site->known != NULL && call->route != NULL && (call->route->flags & ROUTE_KNOWN) != 0;
    const struct err *err = session_find(call->db, call->mem, hash, call->now, with_stamp, session);
    if (err == NULL || err->kind != ERR_BUSY)
        return err;
    TRY(db_ready(call->db, call->now));
    return session_find(call->db, call->mem, hash, call->now, with_stamp, session);
}

/* The one write of a GET. A page is worth showing without it. */
static void touch(struct call *call)
{
    db_only_read(call->db, false);
    call->logged = session_touch(call->db, call->actor.session_id, call->now);
    db_only_read(call->db, call->request->method != HTTP_POST);
}

static const struct err *find_session(struct call *call, const char *token)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    struct session *session = NULL;
    secret_sha256(token, strlen(token), hash);
    TRY(ask(call, hash, &session));
    if (session == NULL)
        return NULL;
    if (session->is_over) {
        call->session_timed_out = true;
        call->timed_out_token = token;
        call->timed_out_user_id = session->actor.user_id;
        return NULL;
    }
    call->actor = session->actor;
    call->session_token = token;
    call->step_up_at = session->step_up_at;
    call->must_enrol = session->must_enrol;
    call->unread = session->unread;
    call->stamp = session->stamp;
    if (call->actor.zone[0] != '\0')
        call->zone = call->actor.zone;
    if (call->now - session->seen_at >= CLOCK_MINUTE)
        touch(call);
    return NULL;
}

const struct err *visit_find(struct call *call)
{
    struct cookies cookies;
    TRY(take(call, "lang", &cookies.lang));
    choose_language(call, cookies.lang);
    TRY(take(call, "session", &cookies.session));
    TRY(take(call, "visit", &cookies.visit));
    TRY(take(call, "flash", &cookies.flash));
    call->flash = cookies.flash;
    if (is_token(cookies.session)) {
        TRY(find_session(call, cookies.session));
        choose_language(call, cookies.lang);
    }
    if (call->session_token[0] != '\0')
        return NULL;
    if (!is_token(cookies.visit)) {
        cookies.visit = rand_token(call->mem, TOKEN_BYTES);
        http_set_cookie(call->response, &call->site->cookies, "visit", cookies.visit, -1);
    }
    call->session_token = cookies.visit;
    return NULL;
}
