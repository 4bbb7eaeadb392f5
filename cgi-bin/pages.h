/* pages.h - the handlers and field lists that the route table names; each is in page_<stem>.c. */
#ifndef CGI_PAGES_H
#define CGI_PAGES_H

#include "call.h"

/* page_start.c: "/" leads each role to its first page */
const struct err *start_get(struct call *call);

/* page_sign_in.c, page_sign_in_code.c (second factor), page_signed_out.c */
extern const struct field_spec sign_in_query[], sign_in_fields[], sign_in_code_fields[];
const struct err *sign_in_get(struct call *call);
const struct err *sign_in_post(struct call *call);
const struct err *sign_in_code_get(struct call *call);
const struct err *sign_in_code_post(struct call *call);
const struct err *sign_out_post(struct call *call);
const struct err *signed_out_get(struct call *call);

/* page_forgotten_password.c, page_reset_password.c */
extern const struct field_spec forgotten_password_fields[], reset_password_fields[];
const struct err *forgotten_password_get(struct call *call);
const struct err *forgotten_password_post(struct call *call);
const struct err *forgotten_password_sent_get(struct call *call);
const struct err *reset_password_get(struct call *call);
const struct err *reset_password_post(struct call *call);

/* page_my_partner.c, page_withdraw.c */
const struct err *my_partner_get(struct call *call);
const struct err *my_partner_seen_post(struct call *call);
const struct err *my_partner_ask_unfreeze_post(struct call *call);
const struct err *my_partner_bills_post(struct call *call);
const struct err *withdraw_get(struct call *call);
const struct err *withdraw_post(struct call *call);

/* page_disassociate.c (which step is first), page_disassociate_check.c, _verify.c, _reason.c, _submitted.c, _cancel.c: of the
 * customer, and all but _submitted.c of the partner, about one customer */
extern const struct field_spec disassociate_check_fields[], disassociate_confirm_fields[], disassociate_verify_query[],
    disassociate_verify_fields[], disassociate_send_fields[], disassociate_reason_fields[], disassociate_cancel_fields[];
const struct err *disassociate_get(struct call *call);
const struct err *disassociate_check_get(struct call *call);
const struct err *disassociate_check_post(struct call *call);
const struct err *disassociate_confirm_post(struct call *call);
const struct err *disassociate_verify_get(struct call *call);
const struct err *disassociate_verify_post(struct call *call);
const struct err *disassociate_send_post(struct call *call);
const struct err *disassociate_reason_get(struct call *call);
const struct err *disassociate_reason_post(struct call *call);
const struct err *disassociate_submitted_get(struct call *call);
const struct err *disassociate_cancel_get(struct call *call);
const struct err *disassociate_cancel_post(struct call *call);

/* page_requests.c, page_request_review.c, page_request_done.c, page_request_sent.c: of the partner */
extern const struct field_spec requests_query[];
const struct err *requests_get(struct call *call);
const struct err *request_review_get(struct call *call);
const struct err *request_done_get(struct call *call);
const struct err *request_sent_get(struct call *call);

/* page_process_request.c, page_process_request_done.c: of the customer */
const struct err *process_request_get(struct call *call);
const struct err *process_request_done_get(struct call *call);

/* answer_call.c, page_request_review_verify.c: an answer, of either side */
extern const struct field_spec answer_fields[], answer_check_fields[], answer_verify_query[], answer_verify_fields[],
    answer_send_fields[];
const struct err *answer_post(struct call *call);
const struct err *answer_check_post(struct call *call);
const struct err *answer_verify_get(struct call *call);
const struct err *answer_verify_post(struct call *call);
const struct err *answer_send_post(struct call *call);

/* page_operation_log.c, page_notifications.c */
extern const struct field_spec operation_log_query[], notifications_query[], notification_read_fields[];
const struct err *operation_log_get(struct call *call);
const struct err *notifications_get(struct call *call);
const struct err *notification_read_post(struct call *call);
const struct err *notifications_read_all_post(struct call *call);

/* page_customer_invite.c, page_invitations.c: the partner invites */
extern const struct field_spec customer_invite_fields[], customer_invite_link_fields[], invitations_query[];
const struct err *customer_invite_get(struct call *call);
const struct err *customer_invite_post(struct call *call);
const struct err *customer_invite_link_post(struct call *call);
const struct err *invitations_get(struct call *call);
const struct err *invitation_get(struct call *call);
const struct err *invitation_qr_get(struct call *call);
const struct err *invitation_revoke_post(struct call *call);
const struct err *invitation_resend_post(struct call *call);

/* page_invitation_accept.c, page_register.c: the one who is invited */
extern const struct field_spec register_fields[], register_code_fields[], register_send_fields[];
const struct err *invitation_accept_get(struct call *call);
const struct err *invitation_accept_post(struct call *call);
const struct err *invitation_decline_post(struct call *call);
const struct err *register_get(struct call *call);
const struct err *register_post(struct call *call);
const struct err *register_code_get(struct call *call);
const struct err *register_code_post(struct call *call);
const struct err *register_send_post(struct call *call);

/* page_customers.c, page_customer.c, page_customer_freeze.c, page_customer_unfreeze.c, page_contract_settle.c, page_settings.c */
extern const struct field_spec customers_query[], customer_freeze_fields[], customer_unfreeze_fields[], contract_settle_fields[],
    settings_fields[];
const struct err *customers_get(struct call *call);
const struct err *customers_names_post(struct call *call);
const struct err *customer_get(struct call *call);
const struct err *customer_freeze_get(struct call *call);
const struct err *customer_freeze_post(struct call *call);
const struct err *customer_unfreeze_get(struct call *call);
const struct err *customer_unfreeze_post(struct call *call);
const struct err *contract_settle_get(struct call *call);
const struct err *contract_settle_post(struct call *call);
const struct err *settings_get(struct call *call);
const struct err *settings_post(struct call *call);

/* page_escalations.c, page_escalation.c, page_freezes.c, page_freeze_new.c, page_freeze_lift.c: the platform */
extern const struct field_spec escalations_query[], escalation_fields[], freezes_query[], freeze_new_query[], freeze_new_fields[],
    freeze_lift_query[], freeze_lift_fields[];
const struct err *escalations_get(struct call *call);
const struct err *escalation_get(struct call *call);
const struct err *escalation_post(struct call *call);
const struct err *freezes_get(struct call *call);
const struct err *freeze_new_get(struct call *call);
const struct err *freeze_new_post(struct call *call);
const struct err *freeze_lift_get(struct call *call);
const struct err *freeze_lift_post(struct call *call);

/* page_overview.c, page_accounts.c, page_desk_account.c, page_desk_contact.c, page_desk_close.c, page_grants.c, page_users.c,
 * page_dead_notices.c, page_dead_events.c: the platform's desk */
extern const struct field_spec accounts_query[], desk_contact_fields[], desk_close_fields[], grants_query[], grant_new_fields[],
    grant_revoke_fields[], users_query[], user_fields[], dead_notices_query[], dead_events_query[];
const struct err *overview_get(struct call *call);
const struct err *accounts_get(struct call *call);
const struct err *desk_account_get(struct call *call);
const struct err *desk_contact_get(struct call *call);
const struct err *desk_contact_post(struct call *call);
const struct err *desk_close_get(struct call *call);
const struct err *desk_close_post(struct call *call);
const struct err *grants_get(struct call *call);
const struct err *grant_new_get(struct call *call);
const struct err *grant_new_post(struct call *call);
const struct err *grant_revoke_get(struct call *call);
const struct err *grant_revoke_post(struct call *call);
const struct err *users_get(struct call *call);
const struct err *user_get(struct call *call);
const struct err *user_post(struct call *call);
const struct err *dead_notices_get(struct call *call);
const struct err *dead_notice_retry_post(struct call *call);
const struct err *dead_notices_retry_post(struct call *call);
const struct err *dead_events_get(struct call *call);
const struct err *dead_event_retry_post(struct call *call);
const struct err *dead_events_retry_post(struct call *call);

/* page_rule_sets.c, page_rule.c: the account checks themselves */
extern const struct field_spec rule_set_use_fields[], rule_preview_query[], rule_fields[];
const struct err *rule_sets_get(struct call *call);
const struct err *rule_set_get(struct call *call);
const struct err *rule_set_use_get(struct call *call);
const struct err *rule_set_use_post(struct call *call);
const struct err *rule_get(struct call *call);
const struct err *rule_preview_get(struct call *call);
const struct err *rule_post(struct call *call);

/* page_step_up.c, page_team.c, page_team_invite.c, page_team_member.c, page_team_remove.c, page_team_join.c */
extern const struct field_spec step_up_query[], step_up_fields[], team_invite_query[], team_invite_fields[],
    team_member_fields[], team_join_fields[];
const struct err *step_up_get(struct call *call);
const struct err *step_up_post(struct call *call);
const struct err *team_get(struct call *call);
const struct err *team_take_back_post(struct call *call);
const struct err *team_invite_get(struct call *call);
const struct err *team_invite_post(struct call *call);
const struct err *team_member_get(struct call *call);
const struct err *team_member_post(struct call *call);
const struct err *team_remove_get(struct call *call);
const struct err *team_remove_post(struct call *call);
const struct err *team_join_get(struct call *call);
const struct err *team_join_post(struct call *call);

/* page_account.c, page_account_information.c, page_currency.c, page_subscriptions.c, page_members.c, page_check_watch.c */
extern const struct field_spec account_information_fields[], currency_fields[];
const struct err *account_get(struct call *call);
const struct err *account_information_get(struct call *call);
const struct err *account_information_post(struct call *call);
const struct err *currency_get(struct call *call);
const struct err *currency_post(struct call *call);
const struct err *subscriptions_get(struct call *call);
const struct err *subscription_end_get(struct call *call);
const struct err *subscription_end_post(struct call *call);
const struct err *members_get(struct call *call);
const struct err *member_end_get(struct call *call);
const struct err *member_end_post(struct call *call);
const struct err *check_watch_post(struct call *call);

/* page_payment_method.c, page_payment_provider.c (the demo's), page_resources.c: how a customer pays, and for what */
extern const struct field_spec payment_provider_fields[], resource_pay_fields[];
const struct err *payment_method_get(struct call *call);
const struct err *payment_method_default_post(struct call *call);
const struct err *payment_method_remove_get(struct call *call);
const struct err *payment_method_remove_post(struct call *call);
const struct err *payment_provider_get(struct call *call);
const struct err *payment_provider_post(struct call *call);
const struct err *resources_get(struct call *call);
const struct err *resource_pay_get(struct call *call);
const struct err *resource_pay_post(struct call *call);

/* page_contacts.c, page_contact_verify.c */
extern const struct field_spec contacts_query[], contact_change_query[], contact_change_fields[], contact_remove_fields[],
    contact_code_fields[], contact_send_fields[];
const struct err *contacts_get(struct call *call);
const struct err *contact_change_get(struct call *call);
const struct err *contact_change_post(struct call *call);
const struct err *contact_remove_get(struct call *call);
const struct err *contact_remove_post(struct call *call);
const struct err *contact_verify_get(struct call *call);
const struct err *contact_verify_post(struct call *call);
const struct err *contact_send_post(struct call *call);

/* page_preferences.c, page_security.c, page_second_factor.c: everybody, about themselves */
extern const struct field_spec preferences_fields[], security_password_fields[], second_factor_fields[];
const struct err *preferences_get(struct call *call);
const struct err *preferences_post(struct call *call);
const struct err *security_get(struct call *call);
const struct err *security_end_post(struct call *call);
const struct err *security_end_others_post(struct call *call);
const struct err *security_password_get(struct call *call);
const struct err *security_password_post(struct call *call);
const struct err *second_factor_start_post(struct call *call);
const struct err *second_factor_get(struct call *call);
const struct err *second_factor_post(struct call *call);
const struct err *second_factor_qr_get(struct call *call);
const struct err *second_factor_off_get(struct call *call);
const struct err *second_factor_off_post(struct call *call);
const struct err *recovery_codes_get(struct call *call);
const struct err *recovery_codes_post(struct call *call);

/* page_audit_log.c, page_audit_log_entry.c, page_audit_log_exports.c: the log of all accounts, for the platform */
extern const struct field_spec audit_log_query[], audit_log_export_fields[];
const struct err *audit_log_get(struct call *call);
const struct err *audit_log_entry_get(struct call *call);
const struct err *audit_log_exports_get(struct call *call);
const struct err *audit_log_export_post(struct call *call);
const struct err *audit_log_export_download_post(struct call *call);
const struct err *audit_log_export_file_get(struct call *call);

/* page_receipt.c: of a finished request, for both sides */
const struct err *receipt_get(struct call *call);
const struct err *receipt_json_get(struct call *call);

/* page_help.c, page_accessibility.c */
const struct err *help_get(struct call *call);
const struct err *accessibility_get(struct call *call);

#endif
