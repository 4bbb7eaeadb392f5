-- Of an account that is closed nothing goes on: no association, no user, no invitation, no code, and the log tells of its end once.
SELECT CONCAT('account ', c.no, ' is closed and has still ', t.what) AS violation
FROM account c
JOIN (
  SELECT customer_id AS id, 'an association' AS what FROM association WHERE status = 'ACTIVE'
  UNION ALL
  SELECT partner_id, 'an association' FROM association WHERE status = 'ACTIVE'
  UNION ALL
  SELECT account_id, 'a user' FROM user WHERE status = 'ACTIVE'
  UNION ALL
  SELECT partner_id, 'an invitation' FROM invitation WHERE status = 'OPEN'
  UNION ALL
  SELECT account_id, 'a code' FROM verification_code WHERE state = 'LIVE'
) t ON t.id = c.id
WHERE c.status = 'CLOSED'
UNION ALL
SELECT CONCAT('account ', c.no, ' is closed and the log tells of it ', COUNT(l.id), ' times')
FROM account c
LEFT JOIN operation_log l ON l.operation = 'ACCOUNT_CLOSED' AND c.id IN (l.customer_id, l.partner_id)
WHERE c.status = 'CLOSED'
GROUP BY c.id, c.no
HAVING COUNT(l.id) <> 1
LIMIT 20;
