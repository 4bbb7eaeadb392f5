-- In each chain of the log time does not go back, and the head has the time of its last row.
SELECT CONCAT('chain ', t.chain_id, ': row ', t.seq, ' (id ', t.id, ') is from ', t.at, ', before the one it follows') AS violation
FROM (
  SELECT id, chain_id, seq, at, LAG(at) OVER (PARTITION BY chain_id ORDER BY seq) AS before_at
  FROM operation_log
) t
WHERE t.at < t.before_at
UNION ALL
SELECT CONCAT('chain ', h.chain_id, ' has its head at ', COALESCE(h.at, 'no time'), ' and its last row at ', l.at)
FROM log_chain h
JOIN operation_log l ON l.chain_id = h.chain_id AND l.seq = h.seq
WHERE NOT (h.at <=> l.at)
LIMIT 20;
