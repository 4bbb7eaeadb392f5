-- Everybody has a role of their kind of account.
SELECT CONCAT('user ', u.id, ' is ', u.role, ' of a ', a.kind) AS violation
FROM user u
JOIN account a ON a.id = u.account_id
WHERE NOT CASE a.kind
  WHEN 'CUSTOMER' THEN u.role IN ('owner', 'viewer')
  WHEN 'PARTNER' THEN u.role IN ('admin', 'manager')
  ELSE u.role IN ('ops', 'auditor') END
LIMIT 20;
