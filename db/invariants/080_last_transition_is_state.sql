-- The last transition of a request in the log led to the state it is in.
SELECT CONCAT('request ', r.no, ' is ', r.state, ' and its last transition led to ', l.to_state) AS violation
FROM disassociation_request r
JOIN operation_log l ON l.request_id = r.id AND l.is_transition = 1 AND l.operation LIKE 'REQUEST%'
WHERE l.to_state <> r.state
  AND NOT EXISTS (SELECT 1 FROM operation_log m WHERE m.request_id = r.id AND m.is_transition = 1 AND m.operation LIKE 'REQUEST%'
    AND m.chain_id = l.chain_id AND m.seq > l.seq)
LIMIT 20;
