-- The log for those who review it: a key for each way it is searched, newest first (lib/store/store_audit.c).

ALTER TABLE operation_log
  ADD KEY operation_log_account (account_id, at, id) COMMENT 'by who acted',
  ADD KEY operation_log_user (user_id, at, id) COMMENT 'by person',
  ADD KEY operation_log_operation (operation, at, id) COMMENT 'by what was done',
  ADD KEY operation_log_result (result, at, id) COMMENT 'by what came of it',
  ADD KEY operation_log_side (initiated_by, at, id) COMMENT 'by side that acted';
