-- What a resource is in grace or retention for, or was released for, was not paid.
SELECT CONCAT('resource ', r.id, ' is in ', r.state, ' for what charge ', c.id, ' paid') AS violation
FROM resource r
JOIN charge c ON c.resource_id = r.id AND c.due_at = r.next_charge_at AND c.result = 'PAID'
WHERE r.state <> 'ACTIVE'
LIMIT 20;
