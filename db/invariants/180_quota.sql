-- Nobody has sent more requests in the window of the quota than it and grants allow. Two days of grace stand for zones and the lengths of months.
-- Only requests whose whole window lies after the last change of the rule: another limit concerns what is new.
SELECT CONCAT('request ', r.no, ' of the ', r.initiator, ' was number ', COUNT(*), ' in ', q.months, ' months') AS violation
FROM disassociation_request r
JOIN rule_set s ON s.active_key = 1
JOIN rule q ON q.rule_set_id = s.id AND q.code = 'Q' AND q.severity = 'BLOCK'
  AND IF(r.initiator = 'CUSTOMER', q.binds_customer_submit, q.binds_partner_submit) = 1
JOIN disassociation_request b ON b.initiator = r.initiator AND b.customer_id = r.customer_id
  AND (r.initiator = 'CUSTOMER' OR b.partner_id = r.partner_id)
  AND b.submitted_at <= r.submitted_at
  AND b.submitted_at + INTERVAL q.months MONTH - INTERVAL 2 DAY > r.submitted_at
  AND b.state NOT IN ('EXPIRED', 'CANCELLED')
WHERE r.state NOT IN ('EXPIRED', 'CANCELLED')
  AND r.submitted_at - INTERVAL q.months MONTH > COALESCE((SELECT MAX(h.at) FROM rule_change h WHERE h.code IN ('', 'Q')), '1970-01-01')
GROUP BY r.id, r.no, r.initiator, r.customer_id, r.partner_id, r.submitted_at, q.limit_n, q.months
HAVING COUNT(*) > q.limit_n + COALESCE((SELECT SUM(g.extra) FROM quota_grant g WHERE g.side = r.initiator
  AND g.customer_id = r.customer_id AND g.partner_id = IF(r.initiator = 'CUSTOMER', 0, r.partner_id)
  AND g.granted_at <= r.submitted_at AND LEAST(g.until_at, COALESCE(g.revoked_at, g.until_at)) > r.submitted_at), 0)
LIMIT 20;
