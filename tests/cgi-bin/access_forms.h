/* access_forms.h - what is sent to each form of the route table, what must have been done before it, and by whom: for the tests that go
 * through all routes. Included once by each program. */
#ifndef TESTS_CGI_BIN_ACCESS_FORMS_H
#define TESTS_CGI_BIN_ACCESS_FORMS_H

#include "cgi-bin/access_behind.h"

#include "base/rand.h"
#include "routes.h"

static const enum role roles[] = {ROLE_ANONYMOUS, ROLE_OWNER, ROLE_VIEWER, ROLE_ADMIN, ROLE_MANAGER, ROLE_OPS, ROLE_AUDITOR};
#define ROLES_N (sizeof roles / sizeof roles[0])

/* --- what is sent ------------------------------------------------------------------------------------------------------- */

/* Whose sending it, about one's own, leads on and changes something, so that the refusals of the same form are not of a broken one:
 * roles, and how it takes being sent again. */
#define OWN_ANY 0u
#define OWN_DONE ROLES_ALL
#define OWN_DONE_ANEW (1u << 16)   /* again it is done again: a second session of somebody who signs in twice */
#define OWN_DONE_ONCE (1u << 17)   /* again it is refused: a one-time password works once */

/* Name: the pattern, and after a blank which of its forms, when there are several. In the fields {rev} is the revision of the draft,
 * {code} the digits sent last, {totp} what the authenticator shows, {role} what one in charge may give. */
struct sent_form { const char *name, *fields; unsigned own; };

static const struct sent_form forms[] = {
    {"/sign-in", "&login=olga%40example.com&password=correct+horse+battery&next=", OWN_DONE | OWN_DONE_ANEW},
    {"/sign-in half", "&login=olga%40example.com&password=correct+horse+battery&next=", OWN_DONE | OWN_DONE_ANEW},
    {"/sign-in unknown", "&login=nobody%40example.com&password=correct+horse+battery&next=", OWN_ANY},
    {"/sign-in/code", "&code={totp}&next=", OWN_DONE | OWN_DONE_ONCE},
    {"/sign-out", "", OWN_DONE},
    {"/forgotten-password", "&login=olga%40example.com", OWN_DONE | OWN_DONE_ANEW},
    {"/reset-password/{token}", "&password=correct+horse+battery", OWN_DONE},
    {"/my-partner/seen/{no}", "", OWN_DONE},
    {"/my-partner/ask-unfreeze", "", OWN_DONE},
    {"/my-partner/withdraw/{no}", "", OWN_DONE},
    {"/my-partner/bills-exported", "", OWN_DONE},
    {"/disassociate/check/watch", "", OWN_DONE},
    {"/disassociate/check", "", OWN_DONE},
    {"/disassociate/confirm", "&understood=1&rev=0", OWN_DONE},
    {"/disassociate/verify", "&code={code}&rev={rev}", OWN_DONE},
    {"/disassociate/verify/send", "&channel=EMAIL&rev={rev}", OWN_DONE},
    {"/disassociate/reason", "&reason=PRICE&details=too+dear&rev={rev}", OWN_DONE},
    {"/disassociate/reason too early", "&reason=PRICE&details=too+dear&rev=0", OWN_ANY},
    {"/disassociate/cancel", "", OWN_DONE},
    {"/process-request/{no}", "&decision=REJECT&message=not+now&rev=0", OWN_DONE},
    {"/process-request/{no} agree", "&decision=AGREE&understood=1&rev=0", OWN_DONE},
    {"/process-request/{no}/check", "", OWN_DONE},
    {"/process-request/{no}/verify", "&code={code}&rev={rev}", OWN_DONE},
    {"/process-request/{no}/verify agree", "&code={code}&rev={rev}", OWN_DONE},
    {"/process-request/{no}/verify wrong", "&code=123456&rev={rev}", OWN_ANY},
    {"/process-request/{no}/verify/send", "&channel=EMAIL&rev={rev}", OWN_DONE},
    {"/process-request/{no}/verify/send agree", "&channel=EMAIL&rev={rev}", OWN_DONE},
    {"/requests/{no}", "&decision=REJECT&message=not+now&rev=0", OWN_DONE},
    {"/requests/{no} agree", "&decision=AGREE&message=good+luck&understood=1&rev=0", OWN_DONE},
    {"/requests/{no} with code", "&decision=AGREE&message=good+luck&understood=1&rev=0", OWN_DONE},
    {"/requests/{no}/check", "", OWN_DONE},
    {"/requests/{no}/verify", "&code={code}&rev={rev}", OWN_DONE},
    {"/requests/{no}/verify/send", "&channel=EMAIL&rev={rev}", OWN_DONE},
    {"/requests/{no}/withdraw", "", OWN_DONE},
    {"/customers/{no}/disassociate/check", "", OWN_DONE},
    {"/customers/{no}/disassociate/confirm", "&understood=1&rev=0", OWN_DONE},
    {"/customers/{no}/disassociate/verify", "&code={code}&rev={rev}", OWN_DONE},
    {"/customers/{no}/disassociate/verify/send", "&channel=EMAIL&rev={rev}", OWN_DONE},
    {"/customers/{no}/disassociate/reason", "&reason=PRICE&details=too+dear&rev={rev}", OWN_DONE},
    {"/customers/{no}/disassociate/reason with code", "&reason=PRICE&details=too+dear&rev={rev}", OWN_DONE},
    {"/customers/{no}/disassociate/reason too early", "&reason=PRICE&details=too+dear&rev=0", OWN_ANY},
    {"/customers/{no}/disassociate/cancel", "", OWN_DONE},
    {"/customer-invite", "&name=Carl&email=carl%40example.com", OWN_DONE},
    {"/customer-invite/link", "&label=Fair", OWN_DONE},
    {"/invitations/{id}/revoke", "", OWN_DONE},
    {"/invitations/{id}/resend", "", OWN_DONE},
    {"/invitation/{token}/accept", "", OWN_DONE},
    {"/invitation/{token}/accept too early", "", OWN_ANY},
    {"/invitation/{token}/decline", "", OWN_DONE},
    {"/invitation/{token}/register", "&name=Carl&company=Carl+AG&password=correct+horse+battery", ROLE_ANONYMOUS},
    {"/invitation/{token}/register/code", "&code={code}", ROLE_ANONYMOUS},
    {"/invitation/{token}/register/code wrong", "&code=123456", OWN_ANY},
    {"/invitation/{token}/register/code taken", "&code={code}", OWN_ANY},
    {"/invitation/{token}/register/code/send", "&channel=EMAIL&rev=0", ROLE_ANONYMOUS},
    {"/invitation/{token}/register/code/send taken", "&channel=EMAIL&rev=0", ROLE_ANONYMOUS},
    {"/customers/names", "", OWN_DONE},
    {"/customers/{no}/freeze", "&type=ACCOUNT&reason=unpaid", OWN_DONE},
    {"/customers/{no}/unfreeze", "&type=ACCOUNT&reason=paid", OWN_DONE},
    {"/contracts/{id}/settle", "&note=paid+in+full", OWN_DONE},
    {"/settings", "&code=ON", OWN_DONE},
    {"/account-information", "&legal_name=Acme+GmbH&address_1=Main+Street+1&address_2=&postcode=10115&city=Berlin&country=Germany"
     "&tax_number=&billing_email=bills%40example.com&rev=0&return=", OWN_DONE},
    {"/currency", "&currency=EUR&return=", OWN_DONE},
    {"/subscriptions/{id}/unsubscribe", "&return=", OWN_DONE},
    {"/members/{id}/disassociate", "&return=", OWN_DONE},
    {"/payment-method/provider", "&kind=CARD&last_four=4242&expires=09%2F30&return=", OWN_DONE},
    {"/payment-method/{id}/default", "", OWN_DONE},
    {"/payment-method/{id}/remove", "", OWN_DONE},
    {"/resources/{id}/pay", "&due=" RESOURCE_DUE_TEXT, OWN_DONE},
    {"/contacts/change", "&channel=EMAIL&address=new%40example.com&return=", OWN_DONE},
    {"/contacts/change/{id}", "&code={code}", OWN_DONE},
    {"/contacts/change/{id}/send", "&channel=EMAIL&rev=0", OWN_DONE},
    {"/contacts/{id}/remove", "&understood=1", OWN_DONE},
    {"/preferences", "&language=en&zone=Asia%2FTokyo&theme=dark", OWN_DONE},
    {"/security/sessions/{id}/end", "", OWN_DONE},
    {"/security/sessions/end-others", "", OWN_DONE},
    {"/security/password", "&password=five+quiet+otters+swim+home", OWN_DONE},
    {"/security/second-factor/start", "", OWN_DONE},
    {"/security/second-factor", "&code={totp}", OWN_DONE},
    {"/security/second-factor/off", "", OWN_DONE},
    {"/security/recovery-codes", "", OWN_DONE},
    {"/step-up", "&next=%2Fteam&password=correct+horse+battery", OWN_DONE | OWN_DONE_ANEW},
    {"/team/invite", "&email=nina%40example.com&role={role}", OWN_DONE},
    {"/team/invitations/{id}/take-back", "", OWN_DONE},
    {"/team/{id}", "&role={role}", OWN_DONE},
    {"/team/{id}/remove", "", OWN_DONE},
    {"/join/{token}", "&name=Nina+New&password=correct+horse+battery", OWN_DONE},
    {"/escalations/{no}", "&decision=REJECT&note=as+agreed", OWN_DONE},
    {"/escalations/{no} complete", "&decision=COMPLETE&note=as+agreed", OWN_DONE},
    {"/freezes/new", "&account=C-100000&type=ACCOUNT&reason=fraud", OWN_DONE},
    {"/freezes/{id}/lift", "&type=ACCOUNT&reason=cleared", OWN_DONE},
    {"/accounts/{no}/grant", "&side=CUSTOMER&extra=1&until=2026-07-01&reason=asked+for", OWN_DONE},
    {"/accounts/{no}/contact", "&channel=EMAIL&address=new%40example.com&reason=passport+seen", OWN_DONE},
    {"/accounts/{no}/close", "&seen=P-100001.&name=Acme+GmbH&reason=asked+for", OWN_DONE},
    {"/grants/{id}/revoke", "&reason=enough", OWN_DONE},
    {"/users/{id}", "&act=DISABLE&reason=left+the+company", OWN_DONE},
    {"/dead-notices/retry", "", OWN_DONE},
    {"/dead-notices/{id}/retry", "", OWN_DONE},
    {"/dead-events/retry", "", OWN_DONE},
    {"/dead-events/{id}/retry", "", OWN_DONE},
    {"/rule-sets/{id}/use", "&seen=1&from=1&reason=as+agreed", OWN_DONE},
    {"/rules/{id}/preview", "&severity=OFF&cs=1&ca=1&ps=1&pa=1&limit=&months=&seen=1&reason=as+agreed", OWN_DONE},
    {"/audit-log/exports", "&about=&operation=&side=&result=&actor=&from=&to=&format=CSV", OWN_DONE},
    {"/audit-log/exports/{id}/download", "", OWN_DONE},
    {"/notifications/read", "", ROLES_CUSTOMER | ROLES_PARTNER},
    {"/notifications/{id}/read", "", OWN_DONE},
};
#define FORMS_N (sizeof forms / sizeof forms[0])

/* What goes before a form in the same browser: facts that are made up, and the form that is sent first. Where it leads, when it is
 * done and that is not told by something having changed: a part of the address. */
static const struct { const char *name; void (*given)(enum role role); const char *before, *leads; } behind[] = {
    {"/sign-in", given_known_login, NULL, NULL},
    {"/sign-in half", given_known_login_of_two_steps, NULL, "/sign-in/code"},
    {"/sign-in/code", given_known_login_of_two_steps, "/sign-in half", NULL},
    {"/forgotten-password", given_known_login, NULL, NULL},
    {"/disassociate/verify/send", NULL, "/disassociate/confirm", "/verify"},
    {"/disassociate/verify", NULL, "/disassociate/verify/send", "/reason"},
    {"/disassociate/reason", NULL, "/disassociate/verify", "/submitted/"},
    {"/disassociate/cancel", NULL, "/disassociate/confirm", NULL},
    {"/process-request/{no} agree", NULL, NULL, "/verify"},
    {"/process-request/{no}/verify/send", NULL, "/process-request/{no}", "/verify"},
    {"/process-request/{no}/verify", NULL, "/process-request/{no}/verify/send", "/done"},
    {"/process-request/{no}/verify wrong", NULL, "/process-request/{no}/verify/send", NULL},
    {"/process-request/{no}/verify/send agree", NULL, "/process-request/{no} agree", "/verify"},
    {"/process-request/{no}/verify agree", NULL, "/process-request/{no}/verify/send agree", "/done"},
    {"/requests/{no}", NULL, NULL, "/done"},
    {"/requests/{no} agree", NULL, NULL, "/done"},
    {"/requests/{no} with code", given_partner_code, NULL, "/verify"},
    {"/requests/{no}/verify/send", given_partner_code, "/requests/{no} with code", "/verify"},
    {"/requests/{no}/verify", given_partner_code, "/requests/{no}/verify/send", "/done"},
    {"/customers/{no}/disassociate/verify/send", given_partner_code, "/customers/{no}/disassociate/confirm", "/verify"},
    {"/customers/{no}/disassociate/verify", given_partner_code, "/customers/{no}/disassociate/verify/send", "/reason"},
    {"/customers/{no}/disassociate/reason", NULL, "/customers/{no}/disassociate/confirm", "/sent"},
    {"/customers/{no}/disassociate/reason with code", given_partner_code, "/customers/{no}/disassociate/verify", "/sent"},
    {"/customers/{no}/disassociate/cancel", NULL, "/customers/{no}/disassociate/confirm", NULL},
    {"/invitation/{token}/accept", given_no_partner, NULL, "/my-partner"},
    {"/invitation/{token}/register/code/send", given_new_address, "/invitation/{token}/register", "/register/code"},
    {"/invitation/{token}/register/code", given_new_address, "/invitation/{token}/register/code/send", NULL},
    {"/invitation/{token}/register/code wrong", given_new_address, "/invitation/{token}/register/code/send", NULL},
    {"/invitation/{token}/register/code/send taken", NULL, "/invitation/{token}/register", "/register/code"},
    {"/invitation/{token}/register/code taken", NULL, "/invitation/{token}/register/code/send taken", NULL},
    {"/contacts/change/{id}", NULL, "/contacts/change/{id}/send", "/contacts"},
    {"/step-up", given_password, NULL, "/team"},
    {"/dead-notices/retry", given_dead_notice, NULL, NULL},
    {"/dead-events/retry", given_dead_event, NULL, NULL},
    {"/notifications/read", given_notices, NULL, NULL},
};
#define BEHIND_N (sizeof behind / sizeof behind[0])

static bool is_form_of(const struct sent_form *form, const struct route *route)
{
    const size_t n = strcspn(form->name, " ");
    return route->method == HTTP_POST && strlen(route->pattern) == n && strncmp(form->name, route->pattern, n) == 0;
}

/* NULL: there is none. */
static const struct sent_form *form_named(const char *name)
{
    for (size_t i = 0; i < FORMS_N; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

/* A route with one of its forms: one for each form, and one for a GET. */
struct asking { const struct route *route; const struct sent_form *form; };

static inline struct asking *askings_new(const void *ctx, size_t *n)
{
    struct asking *askings = mem_array(ctx, struct asking, routes_n + FORMS_N);
    *n = 0;
    for (size_t i = 0; i < routes_n; i++) {
        if (routes[i].method == HTTP_GET)
            askings[(*n)++] = (struct asking){&routes[i], NULL};
        for (size_t k = 0; k < FORMS_N; k++)
            if (is_form_of(&forms[k], &routes[i]))
                askings[(*n)++] = (struct asking){&routes[i], &forms[k]};
    }
    return askings;
}

static inline const char *method_name(const struct route *route) { return route->method == HTTP_POST ? "POST" : "GET"; }

/* "POST /requests/{no} agree". */
static inline const char *asking_name(const void *ctx, const struct asking *asking)
{
    return mem_text(ctx, "%s %s", method_name(asking->route), asking->form != NULL ? asking->form->name : asking->route->pattern);
}

/* --- who sends it -------------------------------------------------------------------------------------------------------- */

static struct browser *browser_of(enum role role)
{
    struct browser *b = browser_new(site);
    if (role == ROLE_ANONYMOUS)
        browser_set_cookie(b, "visit", rand_token(b, 32));
    else
        browser_become(b, actor_of(role)->user_id);
    return b;
}

static const char *in_place(const char *text, const char *name, const char *value)
{
    const char *at = strstr(text, name);
    return at == NULL ? text : mem_text(w.mem, "%.*s%s%s", (int)(at - text), text, value, at + strlen(name));
}

/* The fields, with what this role's draft and mail say by now. */
static const char *fields_of(const struct sent_form *form, enum role role)
{
    const char *fields = form->fields;
    const char *given = role == ROLE_OWNER ? "owner" : role == ROLE_ADMIN ? "admin" : "ops";
    if (strchr(fields, '{') == NULL)
        return fields;
    fields = in_place(in_place(fields, "{role}", given), "{totp}", totp_shown());
    return in_place(in_place(fields, "{rev}", draft_revision(role)), "{code}", code_sent());
}

/* With the tokens that a page would hold, as if it had been shown a moment ago. */
static const char *form_body_of(const struct route *route, const struct sent_form *form, enum role role, const struct browser *b)
{
    const char *token = browser_cookie(b, role == ROLE_ANONYMOUS ? "visit" : "session");
    const char *csrf = guard_csrf(w.mem, &site->csrf_key, token), *page = route_form_page(route);
    if (strcmp(page, ROUTE_ANY_PAGE) == 0)
        return mem_text(w.mem, "csrf=%s%s", csrf, fields_of(form, role));
    return mem_text(w.mem, "csrf=%s&once=%s%s", csrf, guard_once_make(w.mem, &site->once_key, token, page, test_site_now()),
                    fields_of(form, role));
}

static const char *path_of(const struct route *route, const char *variable)
{
    const char *at = strchr(route->pattern, '{');
    if (at == NULL)
        return route->pattern;
    return mem_text(w.mem, "%.*s%s%s", (int)(at - route->pattern), route->pattern, variable, strchr(at, '}') + 1);
}

/* Begins a world with what this route is about in it, this role's own: what stands for the variable; NULL: there is no such object. */
static inline const char *world_with_own(const struct route *route, enum role role)
{
    const struct object_maker *maker = maker_of(route->pattern);
    world_begin(&w, db);
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    const char *variable = maker == NULL ? "" : maker->make(role, OBJECT_OWN);
    test_site_clock_at(w.now);
    return variable;
}

/* Group set-up. */
static inline int open_forms_site(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    site = test_site(db);
    test_db_config()->worker.exports = "/nonexistent";   /* exports are asked for; nobody writes them here */
    return 0;
}

static const struct route *route_of(const struct sent_form *form)
{
    for (size_t i = 0; i < routes_n; i++)
        if (is_form_of(form, &routes[i]))
            return &routes[i];
    fail_msg("no POST is %s", form->name);
    return NULL;
}

static bool is_done_by(const struct sent_form *form, enum role role) { return (form->own & role & ROLES_ALL) != 0; }

static bool leads_on(const struct sent_form *form, const struct browser *b)
{
    for (size_t i = 0; i < BEHIND_N; i++)
        if (strcmp(behind[i].name, form->name) == 0 && behind[i].leads != NULL && strstr(b->location, behind[i].leads) == NULL)
            return false;
    return b->status == 303;
}

/* What must be behind this form for it to be done, about an object of this role's own. */
static void go_before(const struct sent_form *form, enum role role, struct browser *b, const char *variable)
{
    for (size_t i = 0; i < BEHIND_N; i++) {
        if (strcmp(behind[i].name, form->name) != 0)
            continue;
        if (behind[i].given != NULL)
            behind[i].given(role);
        if (behind[i].before == NULL)
            return;
        const struct sent_form *before = form_named(behind[i].before);
        const struct route *route = before != NULL ? route_of(before) : NULL;
        if (route == NULL) {
            fail_msg("%s: there is no form %s", form->name, behind[i].before);
            return;
        }
        go_before(before, role, b, variable);
        browser_post_body(b, path_of(route, variable), form_body_of(route, before, role, b));
        if (is_done_by(before, role) && !leads_on(before, b))
            fail_msg("before %s, %s is not done: %d %s %s", form->name, before->name, b->status, b->location, browser_text(b));
        return;
    }
}

/* Every table, row by row. */
static inline int64_t fingerprint(void)
{
    static struct db_statement all = {"access_tables", NULL, "", "i"};
    uint64_t sum = 14695981039346656037u;
    struct db_rows *rows = NULL;
    void *mem = mem_context(NULL, "fingerprint");
    if (all.text == NULL) {
        static const struct db_statement tables = {
            "access_table_names", "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
            "AND table_type = 'BASE TABLE' ORDER BY table_name LIMIT 200", "", "s"};
        struct db_rows *names = NULL;
        assert_null(db_query(w.db, mem, &tables, &names));
        struct buf *text = buf_new(site, 2048);
        for (size_t i = 0; i < names->n; i++)
            buf_format(text, "%s `%s`", i == 0 ? "CHECKSUM TABLE" : ",", db_text(names, i, 0));
        all.text = text->bytes;
        all.results = "si";
    }
    assert_null(db_query(w.db, mem, &all, &rows));
    assert_true(rows->n > 20);
    for (size_t i = 0; i < rows->n; i++)
        sum = (sum ^ (uint64_t)db_int(rows, i, 1)) * 1099511628211u;
    talloc_free(mem);
    return (int64_t)sum;
}

#endif
