/* statements.h - the list of every SQL statement of the program, so that all can be prepared against the schema at once.
 *
 * Each store file <stem>.c that has statements ends them with one array, NULL after the last:
 *     const struct db_statement *const <stem>_statements[] = { &find_one, &insert, NULL };
 * It is declared here and listed in statements.c: one line each.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include <stddef.h>

#include "store/db.h"

extern const struct db_statement *const migrate_statements[];
extern const struct db_statement *const store_account_center_statements[];
extern const struct db_statement *const store_account_name_statements[];
extern const struct db_statement *const store_association_statements[];
extern const struct db_statement *const store_audit_statements[];
extern const struct db_statement *const store_budget_statements[];
extern const struct db_statement *const store_checkpoint_statements[];
extern const struct db_statement *const store_code_statements[];
extern const struct db_statement *const store_contact_statements[];
extern const struct db_statement *const store_contract_statements[];
extern const struct db_statement *const store_customer_statements[];
extern const struct db_statement *const store_dead_statements[];
extern const struct db_statement *const store_dead_event_statements[];
extern const struct db_statement *const store_deadline_statements[];
extern const struct db_statement *const store_demo_statements[];
extern const struct db_statement *const store_desk_statements[];
extern const struct db_statement *const store_export_statements[];
extern const struct db_statement *const store_facts_statements[];
extern const struct db_statement *const store_form_statements[];
extern const struct db_statement *const store_freeze_statements[];
extern const struct db_statement *const store_generate_statements[];
extern const struct db_statement *const store_grant_statements[];
extern const struct db_statement *const store_import_apply_statements[];
extern const struct db_statement *const store_import_log_statements[];
extern const struct db_statement *const store_import_statements[];
extern const struct db_statement *const store_invitation_statements[];
extern const struct db_statement *const store_kept_statements[];
extern const struct db_statement *const store_log_statements[];
extern const struct db_statement *const store_notice_statements[];
extern const struct db_statement *const store_overview_statements[];
extern const struct db_statement *const store_payment_statements[];
extern const struct db_statement *const store_purge_statements[];
extern const struct db_statement *const store_registration_statements[];
extern const struct db_statement *const store_request_statements[];
extern const struct db_statement *const store_reset_statements[];
extern const struct db_statement *const store_resource_statements[];
extern const struct db_statement *const store_rule_statements[];
extern const struct db_statement *const store_security_statements[];
extern const struct db_statement *const store_session_statements[];
extern const struct db_statement *const store_team_statements[];
extern const struct db_statement *const store_user_statements[];
extern const struct db_statement *const store_watch_statements[];
extern const struct db_statement *const store_webhook_statements[];
extern const struct db_statement *const store_wizard_statements[];

/* All of them as one array in ctx, for db_prepare_all(). */
const struct db_statement **statements_all(const void *ctx, size_t *n);

#endif
