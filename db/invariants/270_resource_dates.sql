-- A resource in grace or retention has an end of it, after the charge that failed; others have none.
SELECT CONCAT('resource ', id, ' is in ', state, ' until ', COALESCE(state_until, '-')) AS violation
FROM resource
WHERE (state IN ('GRACE', 'RETENTION')) <> (state_until IS NOT NULL)
  OR state_until < next_charge_at
LIMIT 20;
