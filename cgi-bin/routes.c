#include "routes.h"

#include <string.h>

#include "pages.h"
#include "return_call.h"

const struct field_spec route_common_fields[] = {
    {.name = "csrf", .kind = FIELD_TOKEN, .max = 64},
    {.name = "once", .kind = FIELD_TOKEN, .max = 120},
    {.name = NULL},
};

/* Those in charge of an account: its team is theirs. */
#define ROLES_LEADING (ROLE_OWNER | ROLE_ADMIN | ROLE_OPS)

/* Columns: method, pattern, handler, roles, fields, page of a POST's form, flags. */
const struct route routes[] = {
    {HTTP_GET, "/", start_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_GET, "/help", help_get, ROLES_ALL, NULL, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/accessibility", accessibility_get, ROLES_ALL, NULL, NULL, ROUTE_ENROLS},

    {HTTP_GET, "/sign-in", sign_in_get, ROLES_ALL, sign_in_query, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/sign-in", sign_in_post, ROLES_ALL, sign_in_fields, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/sign-in/code", sign_in_code_get, ROLES_ALL, sign_in_query, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/sign-in/code", sign_in_code_post, ROLES_ALL, sign_in_code_fields, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/sign-out", sign_out_post, ROLES_SIGNED_IN, NULL, ROUTE_ANY_PAGE, ROUTE_ENROLS},
    {HTTP_GET, "/signed-out", signed_out_get, ROLES_ALL, NULL, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/forgotten-password", forgotten_password_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/forgotten-password", forgotten_password_post, ROLES_ALL, forgotten_password_fields, NULL, 0},
    {HTTP_GET, "/forgotten-password/sent", forgotten_password_sent_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_GET, "/reset-password/{token}", reset_password_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/reset-password/{token}", reset_password_post, ROLES_ALL, reset_password_fields, NULL, 0},

    {HTTP_GET, "/my-partner", my_partner_get, ROLES_CUSTOMER, NULL, NULL, ROUTE_KNOWN},
    {HTTP_POST, "/my-partner/seen/{no}", my_partner_seen_post, ROLE_OWNER, NULL, "/my-partner", 0},
    {HTTP_POST, "/my-partner/ask-unfreeze", my_partner_ask_unfreeze_post, ROLE_OWNER, NULL, "/my-partner", 0},
    {HTTP_POST, "/my-partner/bills-exported", my_partner_bills_post, ROLE_OWNER, NULL, "/my-partner", 0},
    {HTTP_GET, "/my-partner/withdraw/{no}", withdraw_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_POST, "/my-partner/withdraw/{no}", withdraw_post, ROLE_OWNER, NULL, NULL, 0},

    {HTTP_GET, "/disassociate", disassociate_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_GET, "/disassociate/check", disassociate_check_get, ROLE_OWNER, NULL, NULL, ROUTE_KNOWN},
    {HTTP_POST, "/disassociate/check", disassociate_check_post, ROLE_OWNER, disassociate_check_fields, NULL, 0},
    {HTTP_POST, "/disassociate/confirm", disassociate_confirm_post, ROLE_OWNER, disassociate_confirm_fields,
     "/disassociate/check", 0},
    {HTTP_GET, "/disassociate/verify", disassociate_verify_get, ROLE_OWNER, disassociate_verify_query, NULL, 0},
    {HTTP_POST, "/disassociate/verify", disassociate_verify_post, ROLE_OWNER, disassociate_verify_fields, NULL, 0},
    {HTTP_POST, "/disassociate/verify/send", disassociate_send_post, ROLE_OWNER, disassociate_send_fields,
     "/disassociate/verify", 0},
    {HTTP_GET, "/disassociate/reason", disassociate_reason_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_POST, "/disassociate/reason", disassociate_reason_post, ROLE_OWNER, disassociate_reason_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/disassociate/submitted/{no}", disassociate_submitted_get, ROLES_CUSTOMER, NULL, NULL, 0},
    {HTTP_GET, "/disassociate/cancel", disassociate_cancel_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_POST, "/disassociate/cancel", disassociate_cancel_post, ROLE_OWNER, disassociate_cancel_fields, NULL, 0},

    {HTTP_GET, "/process-request/{no}", process_request_get, ROLES_CUSTOMER, NULL, NULL, 0},
    {HTTP_POST, "/process-request/{no}", answer_post, ROLE_OWNER, answer_fields, NULL, ROUTE_KEEPS},
    {HTTP_POST, "/process-request/{no}/check", answer_check_post, ROLE_OWNER, answer_check_fields, "/process-request/{no}", 0},
    {HTTP_GET, "/process-request/{no}/verify", answer_verify_get, ROLE_OWNER, answer_verify_query, NULL, 0},
    {HTTP_POST, "/process-request/{no}/verify", answer_verify_post, ROLE_OWNER, answer_verify_fields, NULL, 0},
    {HTTP_POST, "/process-request/{no}/verify/send", answer_send_post, ROLE_OWNER, answer_send_fields,
     "/process-request/{no}/verify", 0},
    {HTTP_GET, "/process-request/{no}/done", process_request_done_get, ROLES_CUSTOMER, NULL, NULL, 0},

    {HTTP_POST, "/disassociate/check/watch", check_watch_post, ROLE_OWNER, NULL, "/disassociate/check", 0},
    {HTTP_GET, "/account", account_get, ROLES_CUSTOMER, NULL, NULL, 0},
    {HTTP_GET, "/account-information", account_information_get, ROLES_CUSTOMER, return_query, NULL, 0},
    {HTTP_POST, "/account-information", account_information_post, ROLE_OWNER, account_information_fields, NULL,
     ROUTE_KEEPS},
    {HTTP_GET, "/currency", currency_get, ROLES_CUSTOMER, return_query, NULL, 0},
    {HTTP_POST, "/currency", currency_post, ROLE_OWNER, currency_fields, NULL, 0},
    {HTTP_GET, "/subscriptions", subscriptions_get, ROLES_CUSTOMER, return_query, NULL, 0},
    {HTTP_GET, "/subscriptions/{id}/unsubscribe", subscription_end_get, ROLE_OWNER, return_query, NULL, 0},
    {HTTP_POST, "/subscriptions/{id}/unsubscribe", subscription_end_post, ROLE_OWNER, return_fields, NULL, 0},
    {HTTP_GET, "/members", members_get, ROLES_CUSTOMER, return_query, NULL, 0},
    {HTTP_GET, "/members/{id}/disassociate", member_end_get, ROLE_OWNER, return_query, NULL, 0},
    {HTTP_POST, "/members/{id}/disassociate", member_end_post, ROLE_OWNER, return_fields, NULL, 0},

    {HTTP_GET, "/requests", requests_get, ROLES_PARTNER, requests_query, NULL, 0},
    {HTTP_GET, "/requests/{no}", request_review_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_POST, "/requests/{no}", answer_post, ROLE_ADMIN, answer_fields, NULL, ROUTE_KEEPS},
    {HTTP_POST, "/requests/{no}/check", answer_check_post, ROLE_ADMIN, answer_check_fields, "/requests/{no}", 0},
    {HTTP_GET, "/requests/{no}/verify", answer_verify_get, ROLE_ADMIN, answer_verify_query, NULL, 0},
    {HTTP_POST, "/requests/{no}/verify", answer_verify_post, ROLE_ADMIN, answer_verify_fields, NULL, 0},
    {HTTP_POST, "/requests/{no}/verify/send", answer_send_post, ROLE_ADMIN, answer_send_fields, "/requests/{no}/verify", 0},
    {HTTP_GET, "/requests/{no}/done", request_done_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/requests/{no}/sent", request_sent_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/requests/{no}/withdraw", withdraw_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/requests/{no}/withdraw", withdraw_post, ROLE_ADMIN, NULL, NULL, 0},

    {HTTP_GET, "/customers/{no}/disassociate", disassociate_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_GET, "/customers/{no}/disassociate/check", disassociate_check_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/check", disassociate_check_post, ROLE_ADMIN, disassociate_check_fields, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/confirm", disassociate_confirm_post, ROLE_ADMIN, disassociate_confirm_fields,
     "/customers/{no}/disassociate/check", 0},
    {HTTP_GET, "/customers/{no}/disassociate/verify", disassociate_verify_get, ROLE_ADMIN, disassociate_verify_query, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/verify", disassociate_verify_post, ROLE_ADMIN, disassociate_verify_fields, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/verify/send", disassociate_send_post, ROLE_ADMIN, disassociate_send_fields,
     "/customers/{no}/disassociate/verify", 0},
    {HTTP_GET, "/customers/{no}/disassociate/reason", disassociate_reason_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/reason", disassociate_reason_post, ROLE_ADMIN, disassociate_reason_fields, NULL,
     ROUTE_KEEPS},
    {HTTP_GET, "/customers/{no}/disassociate/cancel", disassociate_cancel_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customers/{no}/disassociate/cancel", disassociate_cancel_post, ROLE_ADMIN, disassociate_cancel_fields, NULL, 0},

    {HTTP_GET, "/customer-invite", customer_invite_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customer-invite", customer_invite_post, ROLE_ADMIN, customer_invite_fields, NULL, ROUTE_KEEPS},
    {HTTP_POST, "/customer-invite/link", customer_invite_link_post, ROLE_ADMIN, customer_invite_link_fields,
     "/customer-invite", 0},
    {HTTP_GET, "/invitations", invitations_get, ROLES_PARTNER, invitations_query, NULL, 0},
    {HTTP_GET, "/invitations/{id}", invitation_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/invitations/{id}/qr.svg", invitation_qr_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/invitations/{id}/revoke", invitation_revoke_post, ROLE_ADMIN, NULL, "/invitations/{id}", 0},
    {HTTP_POST, "/invitations/{id}/resend", invitation_resend_post, ROLE_ADMIN, NULL, "/invitations/{id}", 0},

    {HTTP_GET, "/invitation/{token}", invitation_accept_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/invitation/{token}/accept", invitation_accept_post, ROLE_OWNER, NULL, "/invitation/{token}", 0},
    {HTTP_POST, "/invitation/{token}/decline", invitation_decline_post, ROLE_OWNER, NULL, "/invitation/{token}", 0},
    {HTTP_GET, "/invitation/{token}/register", register_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/invitation/{token}/register", register_post, ROLES_ALL, register_fields, NULL, 0},
    {HTTP_GET, "/invitation/{token}/register/code", register_code_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/invitation/{token}/register/code", register_code_post, ROLES_ALL, register_code_fields, NULL, 0},
    {HTTP_POST, "/invitation/{token}/register/code/send", register_send_post, ROLES_ALL, register_send_fields,
     "/invitation/{token}/register/code", 0},

    {HTTP_GET, "/customers", customers_get, ROLES_PARTNER, customers_query, NULL, 0},
    {HTTP_POST, "/customers/names", customers_names_post, ROLES_PARTNER, NULL, "/customers", 0},
    {HTTP_GET, "/customers/{no}", customer_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/customers/{no}/freeze", customer_freeze_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customers/{no}/freeze", customer_freeze_post, ROLE_ADMIN, customer_freeze_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/customers/{no}/unfreeze", customer_unfreeze_get, ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/customers/{no}/unfreeze", customer_unfreeze_post, ROLE_ADMIN, customer_unfreeze_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/contracts/{id}/settle", contract_settle_get, ROLE_ADMIN | ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/contracts/{id}/settle", contract_settle_post, ROLE_ADMIN | ROLE_OPS, contract_settle_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/settings", settings_get, ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_POST, "/settings", settings_post, ROLE_ADMIN, settings_fields, NULL, 0},

    {HTTP_GET, "/payment-method", payment_method_get, ROLES_CUSTOMER, return_query, NULL, 0},
    {HTTP_GET, "/payment-method/provider", payment_provider_get, ROLE_OWNER, return_query, NULL, 0},
    {HTTP_POST, "/payment-method/provider", payment_provider_post, ROLE_OWNER, payment_provider_fields, NULL, 0},
    {HTTP_POST, "/payment-method/{id}/default", payment_method_default_post, ROLE_OWNER, NULL, "/payment-method", 0},
    {HTTP_GET, "/payment-method/{id}/remove", payment_method_remove_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_POST, "/payment-method/{id}/remove", payment_method_remove_post, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_GET, "/resources", resources_get, ROLES_CUSTOMER, NULL, NULL, 0},
    {HTTP_GET, "/resources/{id}/pay", resource_pay_get, ROLE_OWNER, NULL, NULL, 0},
    {HTTP_POST, "/resources/{id}/pay", resource_pay_post, ROLE_OWNER, resource_pay_fields, NULL, 0},

    {HTTP_GET, "/contacts", contacts_get, ROLES_CUSTOMER | ROLES_PARTNER, contacts_query, NULL, 0},
    {HTTP_GET, "/contacts/change", contact_change_get, ROLE_OWNER | ROLE_ADMIN, contact_change_query, NULL, 0},
    {HTTP_POST, "/contacts/change", contact_change_post, ROLE_OWNER | ROLE_ADMIN, contact_change_fields, NULL, 0},
    {HTTP_GET, "/contacts/change/{id}", contact_verify_get, ROLE_OWNER | ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/contacts/change/{id}", contact_verify_post, ROLE_OWNER | ROLE_ADMIN, contact_code_fields, NULL, 0},
    {HTTP_POST, "/contacts/change/{id}/send", contact_send_post, ROLE_OWNER | ROLE_ADMIN, contact_send_fields,
     "/contacts/change/{id}", 0},
    {HTTP_GET, "/contacts/{id}/remove", contact_remove_get, ROLE_OWNER | ROLE_ADMIN, NULL, NULL, 0},
    {HTTP_POST, "/contacts/{id}/remove", contact_remove_post, ROLE_OWNER | ROLE_ADMIN, contact_remove_fields, NULL, 0},
    {HTTP_GET, "/preferences", preferences_get, ROLES_SIGNED_IN, NULL, NULL, 0},
    {HTTP_POST, "/preferences", preferences_post, ROLES_SIGNED_IN, preferences_fields, NULL, 0},
    {HTTP_GET, "/security", security_get, ROLES_SIGNED_IN, NULL, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/security/sessions/{id}/end", security_end_post, ROLES_SIGNED_IN, NULL, "/security", 0},
    {HTTP_POST, "/security/sessions/end-others", security_end_others_post, ROLES_SIGNED_IN, NULL, "/security", 0},
    {HTTP_GET, "/security/password", security_password_get, ROLES_SIGNED_IN, NULL, NULL, 0},
    {HTTP_POST, "/security/password", security_password_post, ROLES_SIGNED_IN, security_password_fields, NULL, 0},
    {HTTP_POST, "/security/second-factor/start", second_factor_start_post, ROLES_SIGNED_IN, NULL, "/security", ROUTE_ENROLS},
    {HTTP_GET, "/security/second-factor", second_factor_get, ROLES_SIGNED_IN, NULL, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/security/second-factor", second_factor_post, ROLES_SIGNED_IN, second_factor_fields, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/security/second-factor/qr.svg", second_factor_qr_get, ROLES_SIGNED_IN, NULL, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/security/second-factor/off", second_factor_off_get, ROLES_SIGNED_IN, NULL, NULL, 0},
    {HTTP_POST, "/security/second-factor/off", second_factor_off_post, ROLES_SIGNED_IN, NULL, NULL, 0},
    {HTTP_GET, "/security/recovery-codes", recovery_codes_get, ROLES_SIGNED_IN, NULL, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/security/recovery-codes", recovery_codes_post, ROLES_SIGNED_IN, NULL, "/security", 0},

    {HTTP_GET, "/step-up", step_up_get, ROLES_SIGNED_IN, step_up_query, NULL, ROUTE_ENROLS},
    {HTTP_POST, "/step-up", step_up_post, ROLES_SIGNED_IN, step_up_fields, NULL, ROUTE_ENROLS},
    {HTTP_GET, "/team", team_get, ROLES_LEADING, NULL, NULL, 0},
    {HTTP_GET, "/team/invite", team_invite_get, ROLES_LEADING, team_invite_query, NULL, 0},
    {HTTP_POST, "/team/invite", team_invite_post, ROLES_LEADING, team_invite_fields, NULL, ROUTE_KEEPS},
    {HTTP_POST, "/team/invitations/{id}/take-back", team_take_back_post, ROLES_LEADING, NULL, "/team", 0},
    {HTTP_GET, "/team/{id}", team_member_get, ROLES_LEADING, NULL, NULL, 0},
    {HTTP_POST, "/team/{id}", team_member_post, ROLES_LEADING, team_member_fields, NULL, 0},
    {HTTP_GET, "/team/{id}/remove", team_remove_get, ROLES_LEADING, NULL, NULL, 0},
    {HTTP_POST, "/team/{id}/remove", team_remove_post, ROLES_LEADING, NULL, NULL, 0},
    {HTTP_GET, "/join/{token}", team_join_get, ROLES_ALL, NULL, NULL, 0},
    {HTTP_POST, "/join/{token}", team_join_post, ROLES_ALL, team_join_fields, NULL, 0},

    {HTTP_GET, "/escalations", escalations_get, ROLES_PLATFORM, escalations_query, NULL, 0},
    {HTTP_GET, "/escalations/{no}", escalation_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_POST, "/escalations/{no}", escalation_post, ROLE_OPS, escalation_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/freezes", freezes_get, ROLES_PLATFORM, freezes_query, NULL, 0},
    {HTTP_GET, "/freezes/new", freeze_new_get, ROLE_OPS, freeze_new_query, NULL, 0},
    {HTTP_POST, "/freezes/new", freeze_new_post, ROLE_OPS, freeze_new_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/freezes/{id}/lift", freeze_lift_get, ROLE_OPS, freeze_lift_query, NULL, 0},
    {HTTP_POST, "/freezes/{id}/lift", freeze_lift_post, ROLE_OPS, freeze_lift_fields, NULL, ROUTE_KEEPS},

    {HTTP_GET, "/overview", overview_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/accounts", accounts_get, ROLES_PLATFORM, accounts_query, NULL, 0},
    {HTTP_GET, "/accounts/{no}", desk_account_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/accounts/{no}/grant", grant_new_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/accounts/{no}/grant", grant_new_post, ROLE_OPS, grant_new_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/accounts/{no}/contact", desk_contact_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/accounts/{no}/contact", desk_contact_post, ROLE_OPS, desk_contact_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/accounts/{no}/close", desk_close_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/accounts/{no}/close", desk_close_post, ROLE_OPS, desk_close_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/grants", grants_get, ROLES_PLATFORM, grants_query, NULL, 0},
    {HTTP_GET, "/grants/{id}/revoke", grant_revoke_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/grants/{id}/revoke", grant_revoke_post, ROLE_OPS, grant_revoke_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/users", users_get, ROLES_PLATFORM, users_query, NULL, 0},
    {HTTP_GET, "/users/{id}", user_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_POST, "/users/{id}", user_post, ROLE_OPS, user_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/dead-notices", dead_notices_get, ROLES_PLATFORM, dead_notices_query, NULL, 0},
    {HTTP_POST, "/dead-notices/retry", dead_notices_retry_post, ROLE_OPS, NULL, "/dead-notices", 0},
    {HTTP_POST, "/dead-notices/{id}/retry", dead_notice_retry_post, ROLE_OPS, NULL, "/dead-notices", 0},
    {HTTP_GET, "/dead-events", dead_events_get, ROLES_PLATFORM, dead_events_query, NULL, 0},
    {HTTP_POST, "/dead-events/retry", dead_events_retry_post, ROLE_OPS, NULL, "/dead-events", 0},
    {HTTP_POST, "/dead-events/{id}/retry", dead_event_retry_post, ROLE_OPS, NULL, "/dead-events", 0},
    {HTTP_GET, "/rule-sets", rule_sets_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/rule-sets/{id}", rule_set_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/rule-sets/{id}/use", rule_set_use_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_POST, "/rule-sets/{id}/use", rule_set_use_post, ROLE_OPS, rule_set_use_fields, NULL, ROUTE_KEEPS},
    {HTTP_GET, "/rules/{id}", rule_get, ROLE_OPS, NULL, NULL, 0},
    {HTTP_GET, "/rules/{id}/preview", rule_preview_get, ROLE_OPS, rule_preview_query, NULL, 0},
    {HTTP_POST, "/rules/{id}/preview", rule_post, ROLE_OPS, rule_fields, NULL, ROUTE_KEEPS},

    {HTTP_GET, "/audit-log", audit_log_get, ROLES_PLATFORM, audit_log_query, NULL, 0},
    {HTTP_GET, "/audit-log/{id}", audit_log_entry_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/audit-log/exports", audit_log_exports_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_POST, "/audit-log/exports", audit_log_export_post, ROLES_PLATFORM, audit_log_export_fields, "/audit-log", 0},
    {HTTP_POST, "/audit-log/exports/{id}/download", audit_log_export_download_post, ROLES_PLATFORM, NULL, "/audit-log/exports", 0},
    {HTTP_GET, "/audit-log/exports/{id}/file", audit_log_export_file_get, ROLES_PLATFORM, NULL, NULL, 0},
    {HTTP_GET, "/receipt/{no}", receipt_get, ROLES_CUSTOMER | ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/receipt/{no}/json", receipt_json_get, ROLES_CUSTOMER | ROLES_PARTNER, NULL, NULL, 0},
    {HTTP_GET, "/operation-log", operation_log_get, ROLES_SIGNED_IN, operation_log_query, NULL, 0},
    {HTTP_GET, "/notifications", notifications_get, ROLES_CUSTOMER | ROLES_PARTNER, notifications_query, NULL, 0},
    {HTTP_POST, "/notifications/read", notifications_read_all_post, ROLES_CUSTOMER | ROLES_PARTNER, NULL,
     "/notifications", 0},
    {HTTP_POST, "/notifications/{id}/read", notification_read_post, ROLES_CUSTOMER | ROLES_PARTNER, notification_read_fields,
     "/notifications", 0},
};
const size_t routes_n = sizeof routes / sizeof routes[0];

const struct route *route_find(const void *ctx, enum http_method method, const char *path, struct pattern_vars *vars,
                               const char **allow)
{
    bool can_get = false, can_post = false;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *route = &routes[i];
        struct pattern_vars found;
        if (!pattern_match(ctx, route->pattern, path, &found))
            continue;
        if (route->method == method || (route->method == HTTP_GET && method == HTTP_HEAD)) {
            *vars = found;
            *allow = "";
            return route;
        }
        can_get |= route->method == HTTP_GET;
        can_post |= route->method == HTTP_POST;
    }
    *allow = can_get && can_post ? "GET, HEAD, POST" : can_get ? "GET, HEAD" : can_post ? "POST" : "";
    return NULL;
}

const struct route *route_page(const char *pattern)
{
    for (size_t i = 0; i < routes_n; i++)
        if (routes[i].method == HTTP_GET && strcmp(routes[i].pattern, pattern) == 0)
            return &routes[i];
    return NULL;
}

const char *route_form_page(const struct route *route) { return route->page != NULL ? route->page : route->pattern; }

const struct route *route_keeping(const char *page_pattern)
{
    for (size_t i = 0; i < routes_n; i++)
        if ((routes[i].flags & ROUTE_KEEPS) != 0 && strcmp(route_form_page(&routes[i]), page_pattern) == 0)
            return &routes[i];
    return NULL;
}

const char *route_log_path(const void *ctx, const char *path)
{
    for (size_t i = 0; i < routes_n; i++) {
        if (path[0] != '/' || path[1] != routes[i].pattern[1])
            continue;
        const char *token = strstr(routes[i].pattern, "{token}");
        size_t n = token != NULL ? (size_t)(token - routes[i].pattern) : 0;
        if (n > 0 && strncmp(path, routes[i].pattern, n) == 0)
            return mem_text(ctx, "%.*s{token}", (int)n, path);
    }
    return path;
}
