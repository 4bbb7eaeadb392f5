-- Every transition in the log is one of the legal ones, made by a side that may.
SELECT CONCAT('row ', l.id, ': ', l.operation, ' from ', l.from_state, ' to ', l.to_state, ' by ', l.initiated_by) AS violation
FROM operation_log l
LEFT JOIN disassociation_request r ON r.id = l.request_id
WHERE l.is_transition = 1 AND NOT COALESCE(CASE l.operation
  WHEN 'ASSOCIATED' THEN l.from_state = '' AND l.to_state = 'ACTIVE'
  WHEN 'DISASSOCIATED' THEN l.from_state = 'ACTIVE' AND l.to_state = 'ENDED'
  WHEN 'REQUEST_SUBMITTED' THEN l.from_state = '' AND l.to_state = 'PENDING' AND l.initiated_by = r.initiator
  WHEN 'REQUEST_AGREED' THEN l.from_state = 'PENDING' AND l.to_state = 'COMPLETED'
    AND l.initiated_by = IF(r.initiator = 'CUSTOMER', 'PARTNER', 'CUSTOMER')
  WHEN 'REQUEST_REJECTED' THEN l.from_state = 'PENDING' AND l.to_state = 'REJECTED'
    AND l.initiated_by = IF(r.initiator = 'CUSTOMER', 'PARTNER', 'CUSTOMER')
  WHEN 'REQUEST_WITHDRAWN' THEN l.from_state = 'PENDING' AND l.to_state = 'WITHDRAWN' AND l.initiated_by = r.initiator
  WHEN 'REQUEST_ESCALATED' THEN l.from_state = 'PENDING' AND l.to_state = 'PENDING' AND r.initiator = 'CUSTOMER'
    AND l.initiated_by IN ('SYSTEM', 'PLATFORM')
  WHEN 'REQUEST_EXPIRED' THEN l.from_state = 'PENDING' AND l.to_state = 'EXPIRED' AND l.initiated_by = 'SYSTEM'
  WHEN 'REQUEST_COMPLETED' THEN l.from_state = 'PENDING' AND l.to_state = 'COMPLETED' AND r.initiator = 'CUSTOMER'
    AND l.initiated_by = 'PLATFORM'
  WHEN 'REQUEST_DISMISSED' THEN l.from_state = 'PENDING' AND l.to_state = 'REJECTED' AND r.initiator = 'CUSTOMER'
    AND l.initiated_by = 'PLATFORM'
  WHEN 'REQUEST_CANCELLED' THEN l.from_state = 'PENDING' AND l.to_state = 'CANCELLED' AND l.initiated_by = 'PLATFORM'
  END, FALSE)
LIMIT 20;
