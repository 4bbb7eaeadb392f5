-- What each program may do. The users are made first, with their passwords; this can be run again at any time.
-- Nobody but the owner (mypartner_ctl) can change or remove a row of the operation log.

REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'mypartner_web'@'localhost';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'mypartner_worker'@'localhost';

GRANT ALL PRIVILEGES ON `mypartner`.* TO 'mypartner_ctl'@'localhost';

GRANT SELECT ON `mypartner`.* TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.operation_log TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.log_chain TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.account TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.user TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.sign_in_address TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.session TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.password_reset TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.contact TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.contact_change TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.recovery_code TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.form_key TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.kept_form TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.association TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.freeze TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.enterprise_link TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.commitment TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.contract TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.account_information TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.check_watch TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.payment_method TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.charge TO 'mypartner_web'@'localhost';
GRANT UPDATE ON `mypartner`.resource TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.disassociation_request TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.quota_grant TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.quota_slot TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.wizard TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.verification_code TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.code_budget TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.task TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.notification TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.notification_read TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.team_invitation TO 'mypartner_web'@'localhost';
GRANT INSERT ON `mypartner`.delivery TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.log_export TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.invitation TO 'mypartner_web'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.registration TO 'mypartner_web'@'localhost';

GRANT SELECT ON `mypartner`.* TO 'mypartner_worker'@'localhost';
GRANT INSERT ON `mypartner`.operation_log TO 'mypartner_worker'@'localhost';
GRANT INSERT, UPDATE ON `mypartner`.log_chain TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.delivery TO 'mypartner_worker'@'localhost';
GRANT INSERT ON `mypartner`.delivery TO 'mypartner_worker'@'localhost';
GRANT INSERT ON `mypartner`.notification TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.disassociation_request TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.quota_slot TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.account TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.resource TO 'mypartner_worker'@'localhost';
GRANT INSERT ON `mypartner`.charge TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.task TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.wizard TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.check_watch TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.invitation TO 'mypartner_worker'@'localhost';
GRANT UPDATE ON `mypartner`.log_export TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.form_key TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.kept_form TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.sign_in_address TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.session TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.password_reset TO 'mypartner_worker'@'localhost';
GRANT DELETE ON `mypartner`.registration TO 'mypartner_worker'@'localhost';
