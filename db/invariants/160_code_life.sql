-- A code was tried within bounds, lived within bounds, and was used while what it proved was good.
SELECT CONCAT('code ', id, ' is ', state, ' after ', tries, ' tries') AS violation
FROM verification_code
WHERE tries < 0 OR tries > 20
  OR expires_at <= sent_at OR expires_at > sent_at + INTERVAL 1 HOUR
  OR (state IN ('PROVEN', 'USED')) <> (proven_at IS NOT NULL AND state NOT IN ('LIVE', 'SUPERSEDED', 'DEAD'))
  OR proven_at < sent_at OR proven_at >= expires_at
  OR grant_expires_at > proven_at + INTERVAL 1 DAY
  OR (state = 'USED') <> (used_at IS NOT NULL)
  OR used_at < proven_at OR used_at >= grant_expires_at
LIMIT 20;
