-- An association that has ended was ended by its one completed request, or with the account of one side.
SELECT CONCAT('association ', e.id, ' names request ', COALESCE(e.ended_by_request, 0), ' and has ', e.completed, ' completed ones')
  AS violation
FROM (
  SELECT a.id, a.ended_by_request, a.customer_id, a.partner_id, COUNT(r.id) AS completed, MAX(r.id) AS request_id
  FROM association a
  LEFT JOIN disassociation_request r ON r.association_id = a.id AND r.state = 'COMPLETED'
  WHERE a.status = 'ENDED'
  GROUP BY a.id, a.ended_by_request, a.customer_id, a.partner_id
) e
WHERE NOT (e.completed = 1 AND e.request_id <=> e.ended_by_request)
  AND NOT (e.completed = 0 AND e.ended_by_request IS NULL
    AND EXISTS (SELECT 1 FROM account c WHERE c.id IN (e.customer_id, e.partner_id) AND c.status = 'CLOSED'))
LIMIT 20;
