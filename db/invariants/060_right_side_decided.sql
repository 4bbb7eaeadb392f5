-- A request was decided by the side that may: the other one, its initiator by withdrawing, the platform once it was escalated, or time.
SELECT CONCAT('request ', no, ' of the ', initiator, ' is ', state, ' by ', decided_by_side) AS violation
FROM disassociation_request
WHERE decided_by_side IS NOT NULL AND NOT CASE state
  WHEN 'COMPLETED' THEN decided_by_side = IF(initiator = 'CUSTOMER', 'PARTNER', 'CUSTOMER')
    OR (decided_by_side = 'PLATFORM' AND escalated_at IS NOT NULL)
  WHEN 'REJECTED' THEN decided_by_side = IF(initiator = 'CUSTOMER', 'PARTNER', 'CUSTOMER')
    OR (decided_by_side = 'PLATFORM' AND escalated_at IS NOT NULL)
  WHEN 'WITHDRAWN' THEN decided_by_side = initiator
  WHEN 'EXPIRED' THEN decided_by_side = 'SYSTEM' AND (initiator = 'PARTNER' OR escalated_at IS NOT NULL)
  WHEN 'CANCELLED' THEN decided_by_side = 'PLATFORM'
  ELSE FALSE END
LIMIT 20;
