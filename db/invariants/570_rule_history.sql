-- One rule set is in force; each version of a set has its change in the history, and each change its row in the log.
SELECT CONCAT(COUNT(*), ' rule sets are in force') AS violation
FROM rule_set
WHERE is_active = 1
HAVING COUNT(*) <> 1
UNION ALL
SELECT CONCAT('rule set ', s.name, ' has version ', s.version, ' and ', COUNT(h.id), ' changes')
FROM rule_set s
LEFT JOIN rule_change h ON h.rule_set_id = s.id
GROUP BY s.id, s.name, s.version
HAVING COUNT(h.id) <> s.version - 1
UNION ALL
SELECT CONCAT('change ', h.id, ' of the rules is not in the log')
FROM rule_change h
WHERE NOT EXISTS (SELECT 1 FROM operation_log l WHERE l.at = h.at AND l.operation IN ('RULE_CHANGED', 'RULE_SET_USED')
  AND l.user_id = h.user_id)
LIMIT 20;
