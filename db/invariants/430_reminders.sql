-- Only the side that must answer a request was reminded of it, and nobody after it went to the platform.
SELECT CONCAT('account ', n.account_id, ' was reminded of request ', r.no, ' at ', n.at) AS violation
FROM notification n
JOIN disassociation_request r ON r.id = n.request_id
WHERE n.kind = 'REQUEST_REMINDER'
  AND (n.account_id <> IF(r.initiator = 'CUSTOMER', r.partner_id, r.customer_id) OR n.at > r.escalated_at OR n.at >= r.deadline_at)
LIMIT 20;
