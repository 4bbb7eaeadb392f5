/* access_forms.h - what is sent to each form of the route table, and by whom: for the tests that go through all routes. Included once
 * by each program. */
#ifndef TESTS_CGI_BIN_ACCESS_FORMS_H
#define TESTS_CGI_BIN_ACCESS_FORMS_H

#include "cgi-bin/access_objects.h"

#include "base/rand.h"
#include "routes.h"

static const enum role roles[] = {ROLE_ANONYMOUS, ROLE_OWNER, ROLE_VIEWER, ROLE_ADMIN, ROLE_MANAGER, ROLE_OPS, ROLE_AUDITOR};
#define ROLES_N (sizeof roles / sizeof roles[0])

/* --- what is sent ------------------------------------------------------------------------------------------------------- */

/* OWN_DONE: about one's own it leads on and something is changed, so the refusals of the same form are not of a broken one. */
enum own { OWN_ANY, OWN_DONE };

static const struct { const char *pattern, *fields; enum own own; } forms[] = {
    {"/sign-in", "&login=olga%40example.com&password=correct+horse+battery&next=", OWN_ANY},
    {"/sign-in/code", "&code=123456&next=", OWN_ANY},
    {"/sign-out", "", OWN_DONE},
    {"/forgotten-password", "&login=olga%40example.com", OWN_ANY},
    {"/reset-password/{token}", "&password=correct+horse+battery", OWN_DONE},
    {"/my-partner/seen/{no}", "", OWN_DONE},
    {"/my-partner/ask-unfreeze", "", OWN_DONE},
    {"/my-partner/withdraw/{no}", "", OWN_DONE},
    {"/my-partner/bills-exported", "", OWN_DONE},
    {"/disassociate/check/watch", "", OWN_DONE},
    {"/disassociate/check", "", OWN_DONE},
    {"/disassociate/confirm", "&understood=1&rev=0", OWN_DONE},
    {"/disassociate/verify", "&code=123456", OWN_ANY},
    {"/disassociate/verify/send", "&channel=EMAIL&rev=0", OWN_ANY},
    {"/disassociate/reason", "&reason=PRICE&details=too+dear&rev=0", OWN_ANY},
    {"/disassociate/cancel", "", OWN_ANY},
    {"/process-request/{no}", "&decision=REJECT&message=not+now&rev=0", OWN_DONE},
    {"/process-request/{no}/check", "", OWN_DONE},
    {"/process-request/{no}/verify", "&code=123456", OWN_ANY},
    {"/process-request/{no}/verify/send", "&channel=EMAIL&rev=0", OWN_ANY},
    {"/requests/{no}", "&decision=REJECT&message=not+now&rev=0", OWN_DONE},
    {"/requests/{no}/check", "", OWN_DONE},
    {"/requests/{no}/verify", "&code=123456", OWN_ANY},
    {"/requests/{no}/verify/send", "&channel=EMAIL&rev=0", OWN_ANY},
    {"/requests/{no}/withdraw", "", OWN_DONE},
    {"/customers/{no}/disassociate/check", "", OWN_DONE},
    {"/customers/{no}/disassociate/confirm", "&understood=1&rev=0", OWN_DONE},
    {"/customers/{no}/disassociate/verify", "&code=123456", OWN_ANY},
    {"/customers/{no}/disassociate/verify/send", "&channel=EMAIL&rev=0", OWN_ANY},
    {"/customers/{no}/disassociate/reason", "&reason=PRICE&details=too+dear&rev=0", OWN_ANY},
    {"/customers/{no}/disassociate/cancel", "", OWN_ANY},
    {"/customer-invite", "&name=Carl&email=carl%40example.com", OWN_DONE},
    {"/customer-invite/link", "&label=Fair", OWN_DONE},
    {"/invitations/{id}/revoke", "", OWN_DONE},
    {"/invitations/{id}/resend", "", OWN_DONE},
    {"/invitation/{token}/accept", "", OWN_ANY},
    {"/invitation/{token}/decline", "", OWN_DONE},
    {"/invitation/{token}/register", "&name=Carl&company=Carl+AG&password=correct+horse+battery", OWN_ANY},
    {"/invitation/{token}/register/code", "&code=123456", OWN_ANY},
    {"/invitation/{token}/register/code/send", "&channel=EMAIL&rev=0", OWN_ANY},
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
    {"/contacts/change/{id}", "&code=123456", OWN_ANY},
    {"/contacts/change/{id}/send", "&channel=EMAIL&rev=0", OWN_DONE},
    {"/contacts/{id}/remove", "&understood=1", OWN_DONE},
    {"/preferences", "&language=en&zone=Asia%2FTokyo&theme=dark", OWN_DONE},
    {"/security/sessions/{id}/end", "", OWN_DONE},
    {"/security/sessions/end-others", "", OWN_DONE},
    {"/security/password", "&password=five+quiet+otters+swim+home", OWN_DONE},
    {"/security/second-factor/start", "", OWN_DONE},
    {"/security/second-factor", "&code=123456", OWN_ANY},
    {"/security/second-factor/off", "", OWN_DONE},
    {"/security/recovery-codes", "", OWN_DONE},
    {"/step-up", "&next=%2Fteam&password=correct+horse+battery", OWN_ANY},
    {"/team/invite", "&email=nina%40example.com&role=", OWN_DONE},
    {"/team/invitations/{id}/take-back", "", OWN_DONE},
    {"/team/{id}", "&role=", OWN_DONE},
    {"/team/{id}/remove", "", OWN_DONE},
    {"/join/{token}", "&name=Nina+New&password=correct+horse+battery", OWN_DONE},
    {"/escalations/{no}", "&decision=REJECT&note=as+agreed", OWN_DONE},
    {"/freezes/new", "&account=C-100000&type=ACCOUNT&reason=fraud", OWN_DONE},
    {"/freezes/{id}/lift", "&type=ACCOUNT&reason=cleared", OWN_DONE},
    {"/accounts/{no}/grant", "&side=CUSTOMER&extra=1&until=2026-07-01&reason=asked+for", OWN_DONE},
    {"/accounts/{no}/contact", "&channel=EMAIL&address=new%40example.com&reason=passport+seen", OWN_DONE},
    {"/accounts/{no}/close", "&seen=P-100001.&name=Acme+GmbH&reason=asked+for", OWN_DONE},
    {"/grants/{id}/revoke", "&reason=enough", OWN_DONE},
    {"/users/{id}", "&act=DISABLE&reason=left+the+company", OWN_DONE},
    {"/dead-notices/retry", "", OWN_ANY},
    {"/dead-notices/{id}/retry", "", OWN_DONE},
    {"/dead-events/retry", "", OWN_ANY},
    {"/dead-events/{id}/retry", "", OWN_DONE},
    {"/rule-sets/{id}/use", "&seen=1&from=1&reason=as+agreed", OWN_DONE},
    {"/rules/{id}/preview", "&severity=OFF&cs=1&ca=1&ps=1&pa=1&limit=&months=&seen=1&reason=as+agreed", OWN_DONE},
    {"/audit-log/exports", "&about=&operation=&side=&result=&actor=&from=&to=&format=CSV", OWN_DONE},
    {"/audit-log/exports/{id}/download", "", OWN_DONE},
    {"/notifications/read", "", OWN_ANY},
    {"/notifications/{id}/read", "", OWN_DONE},
};
#define FORMS_N (sizeof forms / sizeof forms[0])

static size_t form_of(const char *pattern)
{
    size_t i = 0;
    while (i < FORMS_N && strcmp(forms[i].pattern, pattern) != 0)
        i++;
    return i;
}

/* A field left open here is the role that one in charge may give. */
static const char *fields_of(const struct route *route, enum role role)
{
    const char *fields = forms[form_of(route->pattern)].fields;
    size_t n = strlen(fields);
    const char *given = role == ROLE_OWNER ? "owner" : role == ROLE_ADMIN ? "admin" : "ops";
    return n > 5 && strcmp(fields + n - 5, "role=") == 0 ? mem_text(w.mem, "%s%s", fields, given) : fields;
}

static inline const char *method_name(const struct route *route) { return route->method == HTTP_POST ? "POST" : "GET"; }

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

/* The tokens that a page would hold, as if it had been shown a moment ago. */
static const char *form_body_of(const struct route *route, enum role role, const struct browser *b)
{
    const char *token = browser_cookie(b, role == ROLE_ANONYMOUS ? "visit" : "session");
    const char *csrf = guard_csrf(w.mem, &site->csrf_key, token), *page = route_form_page(route);
    if (strcmp(page, ROUTE_ANY_PAGE) == 0)
        return mem_text(w.mem, "csrf=%s%s", csrf, fields_of(route, role));
    return mem_text(w.mem, "csrf=%s&once=%s%s", csrf, guard_once_make(w.mem, &site->once_key, token, page, test_site_now()),
                    fields_of(route, role));
}

static const char *path_of(const struct route *route, const char *variable)
{
    const char *at = strchr(route->pattern, '{');
    if (at == NULL)
        return route->pattern;
    return mem_text(w.mem, "%.*s%s%s", (int)(at - route->pattern), route->pattern, variable, strchr(at, '}') + 1);
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
