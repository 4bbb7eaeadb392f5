-- What a customer ended itself was in force until then, and its log says so, once for each.
SELECT CONCAT('account ', c.customer_id, ' ended ', COUNT(*), ' commitments itself, not as logged') AS violation
FROM commitment c
WHERE c.unsubscribed_at IS NOT NULL
GROUP BY c.customer_id
HAVING COUNT(*) <> (SELECT COUNT(*) FROM operation_log l WHERE l.customer_id = c.customer_id AND l.operation = 'UNSUBSCRIBED')
  OR MAX(c.unsubscribed_at >= c.valid_to) = 1
LIMIT 20;
