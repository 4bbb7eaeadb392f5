-- A completed request has ended its association, at the very instant of the decision.
SELECT CONCAT('request ', r.no, ' is completed and association ', a.id, ' is ', a.status) AS violation
FROM disassociation_request r
JOIN association a ON a.id = r.association_id
WHERE r.state = 'COMPLETED' AND NOT (a.status = 'ENDED' AND a.ended_at <=> r.decided_at)
LIMIT 20;
