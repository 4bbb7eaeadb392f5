-- An account has at most one open draft for a purpose and target, and a finished one names what came of it.
SELECT CONCAT('account ', account_id, ' has ', COUNT(*), ' open drafts to ', purpose, ' ', target_id) AS violation
FROM wizard
WHERE state = 'OPEN'
GROUP BY account_id, purpose, target_id
HAVING COUNT(*) > 1
UNION ALL
SELECT CONCAT('draft ', w.id, ' is done and led to request ', COALESCE(w.request_id, 0))
FROM wizard w
WHERE w.state = 'DONE' AND NOT EXISTS (SELECT 1 FROM disassociation_request r WHERE r.id = w.request_id)
LIMIT 20;
