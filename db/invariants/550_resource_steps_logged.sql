-- The log told of every grace, retention and release of a resource that a failed charge began.
SELECT CONCAT('resource ', r.id, ' is in ', r.state, ' and the log does not tell') AS violation
FROM resource r
JOIN charge c ON c.resource_id = r.id AND c.due_at = r.next_charge_at AND c.result IN ('DECLINED', 'NO_METHOD')
WHERE r.state <> 'ACTIVE' AND NOT EXISTS (SELECT 1 FROM operation_log l
  WHERE l.customer_id = r.customer_id AND l.operation = CONCAT('RESOURCE_', r.state) AND l.object = r.name AND l.at >= r.next_charge_at)
LIMIT 20;
