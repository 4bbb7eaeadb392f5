-- A code or link is in the outbox only until it is delivered or given up, and never in clear.
SELECT CONCAT('delivery ', id, ' of ', kind, ' is ', state, IF(sealed IS NULL, ' in clear', ' and still sealed')) AS violation
FROM delivery
WHERE (state IN ('SENT', 'DEAD') AND sealed IS NOT NULL)
  OR (kind IN ('CODE', 'PASSWORD_RESET', 'TEAM_INVITATION', 'INVITATION') AND details IS NOT NULL)
  OR (code_id IS NOT NULL AND details IS NOT NULL)
LIMIT 20;
