-- A customer is billed by a partner while it has one in the reseller model, and by nobody else otherwise.
SELECT CONCAT('customer ', c.id, ' is billed ', c.billing_mode) AS violation
FROM account c
LEFT JOIN association a ON a.active_customer = c.id AND a.model = 'RESELLER'
WHERE c.kind = 'CUSTOMER' AND (c.billing_mode = 'PARTNER') <> (a.id IS NOT NULL)
LIMIT 20;
