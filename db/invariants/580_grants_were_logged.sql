-- More requests were granted, and taken back, by operators of the platform, and the log tells of each.
SELECT CONCAT('grant ', g.id, ' was ', t.what, ' and is not in the log') AS violation
FROM quota_grant g
JOIN (SELECT 'granted' AS what, 'QUOTA_GRANTED' AS operation UNION ALL SELECT 'taken back', 'QUOTA_REVOKED') t
WHERE (t.what = 'granted' OR g.revoked_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM operation_log l WHERE l.operation = t.operation AND l.customer_id = g.customer_id
    AND l.at = IF(t.what = 'granted', g.granted_at, g.revoked_at)
    AND l.user_id = IF(t.what = 'granted', g.granted_by, g.revoked_by))
LIMIT 20;
