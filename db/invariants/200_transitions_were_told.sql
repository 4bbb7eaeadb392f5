-- Every transition of a request was told to those it concerns.
SELECT CONCAT('request ', r.no, ': ', l.operation, ' was not told to the ', t.who) AS violation
FROM operation_log l
JOIN disassociation_request r ON r.id = l.request_id
JOIN (
  SELECT 'REQUEST_SUBMITTED' AS operation, 'REQUEST_SENT' AS kind, 'initiator' AS who
  UNION ALL SELECT 'REQUEST_SUBMITTED', 'REQUEST_RECEIVED', 'other side'
  UNION ALL SELECT 'REQUEST_AGREED', 'REQUEST_AGREED', 'initiator'
  UNION ALL SELECT 'REQUEST_AGREED', 'REQUEST_AGREED', 'other side'
  UNION ALL SELECT 'REQUEST_REJECTED', 'REQUEST_REJECTED', 'initiator'
  UNION ALL SELECT 'REQUEST_REJECTED', 'REQUEST_REJECTED', 'other side'
  UNION ALL SELECT 'REQUEST_WITHDRAWN', 'REQUEST_WITHDRAWN', 'initiator'
  UNION ALL SELECT 'REQUEST_WITHDRAWN', 'REQUEST_WITHDRAWN', 'other side'
  UNION ALL SELECT 'REQUEST_ESCALATED', 'REQUEST_ESCALATED', 'initiator'
  UNION ALL SELECT 'REQUEST_ESCALATED', 'REQUEST_ESCALATED', 'other side'
  UNION ALL SELECT 'REQUEST_EXPIRED', 'REQUEST_EXPIRED', 'initiator'
  UNION ALL SELECT 'REQUEST_EXPIRED', 'REQUEST_EXPIRED', 'other side'
  UNION ALL SELECT 'REQUEST_COMPLETED', 'REQUEST_AGREED', 'initiator'
  UNION ALL SELECT 'REQUEST_COMPLETED', 'REQUEST_AGREED', 'other side'
  UNION ALL SELECT 'REQUEST_DISMISSED', 'REQUEST_REJECTED', 'initiator'
  UNION ALL SELECT 'REQUEST_DISMISSED', 'REQUEST_REJECTED', 'other side'
  UNION ALL SELECT 'REQUEST_CANCELLED', 'REQUEST_CANCELLED', 'initiator'
  UNION ALL SELECT 'REQUEST_CANCELLED', 'REQUEST_CANCELLED', 'other side'
) t ON t.operation = l.operation
WHERE l.is_transition = 1 AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.request_id = r.id AND n.kind = t.kind
  AND n.account_id = IF((t.who = 'initiator') = (r.initiator = 'CUSTOMER'), r.customer_id, r.partner_id))
LIMIT 20;
