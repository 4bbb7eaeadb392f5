-- No request has expired before its deadline.
SELECT CONCAT('request ', no, ' expired at ', decided_at, ' before ', deadline_at) AS violation
FROM disassociation_request
WHERE state = 'EXPIRED' AND decided_at < deadline_at
LIMIT 20;
