-- Every act that needs a code has a used one of the right account, purpose and target: those of customers, and whatever names one.
SELECT CONCAT('request ', d.no, ': ', d.purpose, ' by account ', d.account_id, ' with code ', COALESCE(d.code_id, 0)) AS violation
FROM (
  SELECT no, id AS request_id, 'SUBMIT' AS purpose, association_id AS target_id, initiator AS side, submit_code_id AS code_id,
    IF(initiator = 'CUSTOMER', customer_id, partner_id) AS account_id
  FROM disassociation_request
  UNION ALL
  SELECT no, id, IF(state = 'COMPLETED', 'AGREE', 'REJECT'), id, decided_by_side, decision_code_id,
    IF(decided_by_side = 'CUSTOMER', customer_id, partner_id)
  FROM disassociation_request
  WHERE state IN ('COMPLETED', 'REJECTED') AND decided_by_side IN ('CUSTOMER', 'PARTNER')
) d
LEFT JOIN verification_code c ON c.id = d.code_id AND c.state = 'USED' AND c.account_id = d.account_id
  AND c.purpose = d.purpose AND c.target_id = d.target_id AND c.used_by_request = d.request_id
WHERE c.id IS NULL AND (d.side = 'CUSTOMER' OR d.code_id IS NOT NULL)
LIMIT 20;
