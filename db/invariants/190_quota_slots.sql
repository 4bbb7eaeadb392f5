-- A slot of the quota is held by a request that counts, of that side, customer and pair, for that request's window.
SELECT CONCAT('slot ', q.slot_no, ' of the ', q.side, ', customer ', q.customer_id, ', holds request ', q.request_id) AS violation
FROM quota_slot q
LEFT JOIN disassociation_request r ON r.id = q.request_id AND r.initiator = q.side AND r.customer_id = q.customer_id
  AND q.partner_id = IF(q.side = 'PARTNER', r.partner_id, 0) AND r.submitted_at = q.submitted_at
  AND r.state NOT IN ('EXPIRED', 'CANCELLED')
WHERE (q.request_id IS NOT NULL AND (r.id IS NULL OR q.frees_at <= q.submitted_at))
  OR (q.request_id IS NULL) <> (q.frees_at IS NULL)
LIMIT 20;
