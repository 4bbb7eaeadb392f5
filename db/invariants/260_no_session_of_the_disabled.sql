-- Nobody who is disabled, or whose account is closed, has a session that could still be used.
SELECT CONCAT('session ', s.id, ' of user ', u.id, ' is alive') AS violation
FROM session s
JOIN user u ON u.id = s.user_id
JOIN account a ON a.id = u.account_id
WHERE (u.status = 'DISABLED' OR a.status = 'CLOSED') AND s.ended_at IS NULL AND s.expires_at > UTC_TIMESTAMP(6)
  AND s.seen_at + INTERVAL s.idle_s SECOND > UTC_TIMESTAMP(6)
LIMIT 20;
