#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement *const *const files[] = {
    migrate_statements,
    store_account_center_statements,
    store_account_name_statements,
    store_association_statements,
    store_audit_statements,
    store_budget_statements,
    store_checkpoint_statements,
    store_code_statements,
    store_contact_statements,
    store_contract_statements,
    store_customer_statements,
    store_dead_statements,
    store_dead_event_statements,
    store_deadline_statements,
    store_demo_statements,
    store_desk_statements,
    store_export_statements,
    store_facts_statements,
    store_form_statements,
    store_freeze_statements,
    store_generate_statements,
    store_grant_statements,
    store_import_apply_statements,
    store_import_log_statements,
    store_import_statements,
    store_invitation_statements,
    store_kept_statements,
    store_log_statements,
    store_notice_statements,
    store_overview_statements,
    store_payment_statements,
    store_purge_statements,
    store_registration_statements,
    store_request_statements,
    store_reset_statements,
    store_resource_statements,
    store_rule_statements,
    store_security_statements,
    store_session_statements,
    store_team_statements,
    store_user_statements,
    store_watch_statements,
    store_webhook_statements,
    store_wizard_statements,
};

const struct db_statement **statements_all(const void *ctx, size_t *n)
{
    const struct db_statement **all;
    size_t count = 0;

    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        for (size_t i = 0; files[f][i] != NULL; i++)
            count++;
    all = mem_array(ctx, const struct db_statement *, count);
    *n = 0;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        for (size_t i = 0; files[f][i] != NULL; i++)
            all[(*n)++] = files[f][i];
    return all;
}
