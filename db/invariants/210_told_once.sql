-- Nobody was told the same of a request twice; reminders may come again.
SELECT CONCAT('account ', account_id, ' was told ', kind, ' of request ', request_id, ' ', COUNT(*), ' times') AS violation
FROM notification
WHERE request_id IS NOT NULL AND kind <> 'REQUEST_REMINDER'
GROUP BY account_id, kind, request_id
HAVING COUNT(*) > 1
LIMIT 20;
