-- A row of the log stands in the chain of its association, with its customer and partner.
SELECT CONCAT('log row ', l.id, ' of chain ', l.chain_id, ' names association ', COALESCE(l.association_id, 0)) AS violation
FROM operation_log l
LEFT JOIN association a ON a.id = l.association_id
WHERE l.chain_id <> COALESCE(l.association_id, 0)
  OR (l.association_id IS NOT NULL AND (a.id IS NULL OR l.customer_id <> a.customer_id OR l.partner_id <> a.partner_id))
LIMIT 20;
