-- Nothing has happened later than now. Five minutes stand for clocks that differ.
SELECT CONCAT(f.what, ' ', f.id, ' is from ', f.at) AS violation
FROM (
  SELECT 'log row' AS what, id, at FROM operation_log WHERE at > UTC_TIMESTAMP(6) + INTERVAL 5 MINUTE
  UNION ALL
  SELECT 'request', id, GREATEST(submitted_at, COALESCE(decided_at, submitted_at), COALESCE(escalated_at, submitted_at))
  FROM disassociation_request
  UNION ALL
  SELECT 'notification', id, at FROM notification
  UNION ALL
  SELECT 'code', id, GREATEST(sent_at, COALESCE(proven_at, sent_at), COALESCE(used_at, sent_at)) FROM verification_code
  UNION ALL
  SELECT 'association', id, COALESCE(ended_at, associated_at) FROM association
  UNION ALL
  SELECT 'session', id, created_at FROM session
) f
WHERE f.at > UTC_TIMESTAMP(6) + INTERVAL 5 MINUTE
LIMIT 20;
