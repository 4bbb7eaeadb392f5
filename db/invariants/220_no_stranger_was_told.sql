-- Only the two sides of a request were told of it.
SELECT CONCAT('account ', n.account_id, ' was told of request ', r.no) AS violation
FROM notification n
JOIN disassociation_request r ON r.id = n.request_id
WHERE n.account_id NOT IN (r.customer_id, r.partner_id)
LIMIT 20;
