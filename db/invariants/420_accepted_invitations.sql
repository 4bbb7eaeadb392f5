-- An accepted invitation became the association that it names; a closed one keeps no token.
SELECT CONCAT('invitation ', i.id, ' is ', i.status, ', association ', COALESCE(i.association_id, 0)) AS violation
FROM invitation i
LEFT JOIN association a ON a.id = i.association_id
WHERE (i.status = 'ACCEPTED' AND NOT (a.customer_id <=> i.customer_id AND a.partner_id <=> i.partner_id
    AND a.associated_at <=> i.decided_at AND a.model <=> 'RESELLER'))
  OR (i.status <> 'ACCEPTED' AND i.association_id IS NOT NULL)
  OR (i.status <> 'OPEN' AND i.sealed_token IS NOT NULL)
  OR i.decided_at < i.created_at
LIMIT 20;
