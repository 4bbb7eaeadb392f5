-- The head of each chain is its last row.
SELECT CONCAT('chain ', h.chain_id, ' has its head at ', h.seq, ' and its last row at ', COALESCE(MAX(l.seq), 0)) AS violation
FROM log_chain h
LEFT JOIN operation_log l ON l.chain_id = h.chain_id
GROUP BY h.chain_id, h.seq, h.hash
HAVING h.seq <> COALESCE(MAX(l.seq), 0) OR (h.seq > 0 AND SUM(l.seq = h.seq AND l.hash = h.hash) <> 1)
UNION ALL
SELECT CONCAT('chain ', l.chain_id, ' has rows and no head')
FROM operation_log l
WHERE l.seq = 1 AND NOT EXISTS (SELECT 1 FROM log_chain h WHERE h.chain_id = l.chain_id)
LIMIT 20;
