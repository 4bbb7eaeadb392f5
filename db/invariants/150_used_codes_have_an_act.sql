-- A code for a disassociation that was used names the request that it let through, and that request names it.
SELECT CONCAT('code ', c.id, ' for ', c.purpose, ' was used for request ', COALESCE(c.used_by_request, 0)) AS violation
FROM verification_code c
LEFT JOIN disassociation_request r ON r.id = c.used_by_request AND c.id IN (r.submit_code_id, r.decision_code_id)
WHERE c.state = 'USED' AND c.purpose IN ('SUBMIT', 'AGREE', 'REJECT') AND r.id IS NULL
LIMIT 20;
