-- An address became a contact only after a code that was sent there came back.
SELECT CONCAT('change ', h.id, ' of account ', h.account_id, ' was not proven') AS violation
FROM contact_change h
LEFT JOIN verification_code v ON v.purpose = 'CONTACT' AND v.target_id = h.id AND v.state = 'USED'
  AND v.account_id = h.account_id AND v.channel = h.channel AND v.destination = h.address
WHERE h.outcome = 'PROVEN' AND v.id IS NULL
LIMIT 20;
