-- A message goes to the account whose notice or code it carries, to an address that was a contact of it.
SELECT CONCAT('delivery ', d.id, ' of ', d.kind, ' goes to account ', COALESCE(d.account_id, 0)) AS violation
FROM delivery d
LEFT JOIN notification n ON n.id = d.notification_id
LEFT JOIN verification_code c ON c.id = d.code_id
WHERE (d.notification_id IS NOT NULL AND NOT (n.account_id <=> d.account_id AND n.kind <=> d.kind))
  OR (d.code_id IS NOT NULL AND c.purpose <> 'REGISTER' AND NOT (c.account_id <=> d.account_id AND c.destination <=> d.address))
  OR (d.notification_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact t WHERE t.account_id = d.account_id
    AND t.channel = d.channel AND t.address = d.address))
LIMIT 20;
