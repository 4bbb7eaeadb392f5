-- The version of a request is the number of its transitions in the log.
SELECT CONCAT('request ', r.no, ' has version ', r.version, ' and ', COUNT(l.id), ' transitions') AS violation
FROM disassociation_request r
LEFT JOIN operation_log l ON l.request_id = r.id AND l.is_transition = 1 AND l.operation LIKE 'REQUEST%'
GROUP BY r.id, r.no, r.version
HAVING COUNT(l.id) <> r.version
LIMIT 20;
