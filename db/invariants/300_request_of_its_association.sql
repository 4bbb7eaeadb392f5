-- A request names the customer and partner of its association, and was sent while that lasted.
SELECT CONCAT('request ', COALESCE(r.no, r.id), ' and association ', a.id, ' differ') AS violation
FROM disassociation_request r
JOIN association a ON a.id = r.association_id
WHERE r.customer_id <> a.customer_id OR r.partner_id <> a.partner_id OR r.no IS NULL
  OR r.submitted_at < a.associated_at OR r.submitted_at > a.ended_at OR a.model <> 'RESELLER'
LIMIT 20;
