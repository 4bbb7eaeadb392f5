-- Whatever is referred to exists.
SELECT CONCAT(o.what, ' ', o.id, ' refers to ', o.ref, ', which is not there') AS violation
FROM (
  SELECT 'notification (request)' AS what, n.id, n.request_id AS ref
  FROM notification n LEFT JOIN disassociation_request r ON r.id = n.request_id
  WHERE n.request_id IS NOT NULL AND r.id IS NULL
  UNION ALL
  SELECT 'read mark (user)', m.notification_id, m.user_id
  FROM notification_read m LEFT JOIN user u ON u.id = m.user_id
  WHERE u.id IS NULL
  UNION ALL
  SELECT 'delivery (notification)', d.id, d.notification_id
  FROM delivery d LEFT JOIN notification n ON n.id = d.notification_id
  WHERE d.notification_id IS NOT NULL AND n.id IS NULL
  UNION ALL
  SELECT 'delivery (code)', d.id, d.code_id
  FROM delivery d LEFT JOIN verification_code c ON c.id = d.code_id
  WHERE d.code_id IS NOT NULL AND c.id IS NULL
  UNION ALL
  SELECT 'request (user)', r.id, r.submitted_by
  FROM disassociation_request r LEFT JOIN user u ON u.id = r.submitted_by
  WHERE u.id IS NULL
  UNION ALL
  SELECT 'request (user)', r.id, r.decided_by
  FROM disassociation_request r LEFT JOIN user u ON u.id = r.decided_by
  WHERE r.decided_by IS NOT NULL AND u.id IS NULL
  UNION ALL
  SELECT 'log row (request)', l.id, l.request_id
  FROM operation_log l LEFT JOIN disassociation_request r ON r.id = l.request_id
  WHERE l.request_id IS NOT NULL AND r.id IS NULL
  UNION ALL
  SELECT 'wizard (account)', w.id, w.account_id
  FROM wizard w LEFT JOIN account a ON a.id = w.account_id
  WHERE a.id IS NULL
) o
LIMIT 20;
