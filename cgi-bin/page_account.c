/* The account center's overview: what stands in the way of a change of partner, how the account is reached, how it pays, and
 * what is still to be done. */
#include "pages.h"

#include <string.h>

#include "action/check.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/code.h"
#include "return_call.h"
#include "routes.h"
#include "store/store_account_center.h"
#include "store/store_association.h"
#include "store/store_code.h"
#include "store/store_payment.h"
#include "view/format.h"
#include "view/view_checks.h"
#include "wizard_call.h"

struct reading {
    struct call *call;
    struct association *association;          /* NULL: no partner */
    struct check *check;
    struct contact *contacts; size_t contacts_n;
    struct payment_method *methods; size_t methods_n;
    struct task *tasks; size_t tasks_n;
    struct account_information information;
};

/* Without a partner the conditions are asked as of somebody whose partner has no name. */
static struct association *nobodys(struct call *call)
{
    struct association *association = mem_new(call->mem, struct association);
    *association = (struct association){
        .customer_id = call->actor.account_id, .customer_name = call->actor.account_name, .customer_no = call->actor.account_no,
        .partner_name = "", .partner_no = "", .partner_email = "", .partner_phone = "", .ended_at = INSTANT_NONE,
    };
    return association;
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *r = arg;
    struct call *call = r->call;
    const int64_t id = call->actor.account_id;
    TRY(association_active(db, call->mem, id, &r->association));
    TRY(check_compute(db, call->mem, r->association != NULL ? r->association : nobodys(call), SIDE_CUSTOMER,
                      OPERATION_CUSTOMER_SUBMIT, call->now, &r->check));
    TRY(contact_list(db, call->mem, id, &r->contacts, &r->contacts_n));
    TRY(payment_method_list(db, call->mem, id, &r->methods, &r->methods_n));
    TRY(task_list(db, call->mem, id, &r->tasks, &r->tasks_n));
    return account_information_load(db, call->mem, id, &r->information);
}

static void fill_checks(const struct reading *r)
{
    struct call *call = r->call;
    const struct association *association = r->association;
    const bool is_owner = call->actor.role == ROLE_OWNER;
    const struct view_checks checks = {
        .set = r->check->set, .facts = r->check->facts, .report = &r->check->report,
        .partner_email = association != NULL ? association->partner_email : "",
        .partner_phone = association != NULL ? association->partner_phone : "",
        .kept_days = call->site->config->request.retention_days, .with_account_pages = is_owner,
        .unfreeze_once = is_owner && association != NULL ? call_once_for(call, "/my-partner") : NULL,
        .unfreeze_asked_at = r->check->unfreeze_asked_at,
    };
    int failed = 0, total = 0;
    view_checks_count(&r->check->report, &failed, &total);
    view_checks_fill(call->page, &checks);
    tpl_show_if(call->page->dict, "READY", failed == 0);
}

static void fill_contacts(const struct reading *r)
{
    struct call *call = r->call;
    struct page *page = call->page;
    tpl_show_if(page->dict, "NO_CONTACT", r->contacts_n == 0);
    tpl_show_if(page->dict, "WITH_CONTACTS", r->contacts_n > 0);
    for (size_t i = 0; i < r->contacts_n; i++) {
        const struct contact *contact = &r->contacts[i];
        const bool is_email = contact->channel == CHANNEL_EMAIL;
        struct tpl_dict *row = tpl_row(page->dict, "CONTACT");
        tpl_set(row, "CONTACT_KIND", is_email ? _("Email") : _("Mobile number"));
        tpl_set(row, "CONTACT_TEXT",
                is_email ? code_mask_email(call->mem, contact->address)
                         : text_fill(call->mem, _("Ending in {digits}"), "digits", code_mask_phone(call->mem, contact->address), NULL));
        tpl_show_if(row, "UNVERIFIED", contact->verified_at == INSTANT_NONE);
    }
    tpl_show_if(page->dict, "CONTACTS_LINK", route_page("/contacts") != NULL);
}

static char *method_text(struct call *call, const struct payment_method *method)
{
    return text_fill(call->mem, method->is_card ? _("Card ending in {digits}") : _("Bank account ending in {digits}"), "digits",
                     method->last_four, NULL);
}

static void fill_methods(const struct reading *r)
{
    struct call *call = r->call;
    struct page *page = call->page;
    tpl_show_if(page->dict, "NO_METHOD", r->methods_n == 0);
    tpl_show_if(page->dict, "WITH_METHODS", r->methods_n > 0);
    for (size_t i = 0; i < r->methods_n; i++) {
        struct tpl_dict *row = tpl_row(page->dict, "METHOD");
        tpl_set(row, "METHOD_TEXT", method_text(call, &r->methods[i]));
        tpl_show_if(row, "METHOD_EXPIRED", !payment_method_is_valid(&r->methods[i], call->now));
    }
    tpl_show_if(page->dict, "METHODS_LINK", route_page("/payment-method") != NULL);
}

static void fill_tasks(const struct reading *r)
{
    static const struct { const char *kind, *text, *href; } known[] = {
        {"ACCOUNT_INFORMATION", N_("Update your account information"), "/account-information"},
        {"PAYMENT_METHOD", N_("Add a payment method"), "/payment-method"},
        {"EXPORT_BILLS", N_("Export your partner’s bills"), "/my-partner"},
    };
    struct page *page = r->call->page;
    size_t shown = 0;
    for (size_t i = 0; i < r->tasks_n; i++) {
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            if (strcmp(known[k].kind, r->tasks[i].kind) != 0 || route_page(known[k].href) == NULL)
                continue;
            struct tpl_dict *row = tpl_row(page->dict, "TASK");
            tpl_set(row, "TASK_HREF", known[k].href);
            tpl_set(row, "TASK_TEXT", _(known[k].text));
            shown++;
        }
    }
    tpl_show_if(page->dict, "TASKS", shown > 0);
}

static void fill_information(const struct reading *r)
{
    struct page *page = r->call->page;
    tpl_show_if(page->dict, "INFORMATION", r->information.version > 0);
    tpl_show_if(page->dict, "NO_INFORMATION", r->information.version == 0);
    tpl_set(page->dict, "LEGAL_NAME", r->information.legal_name);
    tpl_set(page->dict, "PLACE", r->information.city);
    tpl_set(page->dict, "COUNTRY", r->information.country);
}

const struct err *account_get(struct call *call)
{
    struct reading r = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &r));
    struct page *page = call_page(call, "account", _("Account"));
    page->current = "/account";
    return_call_say_currency(call);
    tpl_set(page->dict, "NAME", call->actor.account_name);
    tpl_set(page->dict, "NO", call->actor.account_no);
    fill_checks(&r);
    fill_contacts(&r);
    fill_methods(&r);
    fill_tasks(&r);
    fill_information(&r);
    return call_show(call, 0);
}
