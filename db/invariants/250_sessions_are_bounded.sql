-- A session has an end within bounds, and was not used after it.
SELECT CONCAT('session ', id, ' of user ', user_id, ' from ', created_at, ' to ', expires_at) AS violation
FROM session
WHERE expires_at <= created_at OR expires_at > created_at + INTERVAL 30 DAY
  OR idle_s <= 0 OR seen_at < created_at OR seen_at > expires_at OR ended_at < created_at
LIMIT 20;
