-- An association has at most one open request.
SELECT CONCAT('association ', association_id, ' has ', COUNT(*), ' open requests') AS violation
FROM disassociation_request
WHERE state = 'PENDING'
GROUP BY association_id
HAVING COUNT(*) > 1
LIMIT 20;
