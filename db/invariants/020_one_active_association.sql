-- A customer has at most one active association.
SELECT CONCAT('customer ', customer_id, ' has ', COUNT(*), ' active associations') AS violation
FROM association
WHERE status = 'ACTIVE'
GROUP BY customer_id
HAVING COUNT(*) > 1
LIMIT 20;
