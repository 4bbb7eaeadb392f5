-- A settlement currency is set once, and the one that was set is the one in force.
SELECT CONCAT('account ', l.customer_id, ' set its currency ', COUNT(*), ' times, to ', MIN(l.object)) AS violation
FROM operation_log l
JOIN account a ON a.id = l.customer_id
WHERE l.operation = 'CURRENCY_SET'
GROUP BY l.customer_id, a.currency
HAVING COUNT(*) > 1 OR a.currency IS NULL OR MIN(l.object) <> a.currency
LIMIT 20;
