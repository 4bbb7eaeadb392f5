-- A request that went to the platform is a customer's, and the log tells so once.
SELECT CONCAT('request ', t.no, ' of the ', t.initiator, ': escalated at ', COALESCE(t.escalated_at, '-'), ', told ', t.told, ' times')
  AS violation
FROM (
  SELECT r.no, r.initiator, r.escalated_at, COALESCE(SUM(l.operation = 'REQUEST_ESCALATED'), 0) AS told
  FROM disassociation_request r
  LEFT JOIN operation_log l ON l.request_id = r.id
  GROUP BY r.id, r.no, r.initiator, r.escalated_at
) t
WHERE t.told <> (t.escalated_at IS NOT NULL) OR (t.escalated_at IS NOT NULL AND t.initiator <> 'CUSTOMER')
LIMIT 20;
