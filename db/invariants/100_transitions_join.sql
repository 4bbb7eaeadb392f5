-- Each transition of a request starts from the state to which the one before it led.
SELECT CONCAT('row ', t.id, ' of request ', t.request_no, ' starts from "', t.from_state, '" after "', t.before_state, '"') AS violation
FROM (
  SELECT l.id, l.request_no, l.from_state,
    COALESCE(LAG(l.to_state) OVER (PARTITION BY l.request_id ORDER BY l.chain_id, l.seq), '') AS before_state
  FROM operation_log l
  WHERE l.is_transition = 1 AND l.request_id IS NOT NULL AND l.operation LIKE 'REQUEST%'
) t
WHERE t.from_state <> t.before_state
LIMIT 20;
