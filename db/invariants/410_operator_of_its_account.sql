-- Who a row of the log names as operator belongs to the account it names.
SELECT CONCAT('log row ', l.id, ' names user ', l.user_id, ' of account ', COALESCE(l.account_id, 0)) AS violation
FROM operation_log l
LEFT JOIN user u ON u.id = l.user_id
WHERE l.user_id IS NOT NULL AND NOT (u.account_id <=> l.account_id)
LIMIT 20;
