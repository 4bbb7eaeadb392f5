-- The log tells once that an association began, and once that it ended if it has.
SELECT CONCAT('association ', t.id, ' is ', t.status, ' and the log tells ', t.began, ' beginnings, ', t.ended, ' ends') AS violation
FROM (
  SELECT a.id, a.status, COALESCE(SUM(l.operation = 'ASSOCIATED'), 0) AS began, COALESCE(SUM(l.operation = 'DISASSOCIATED'), 0) AS ended
  FROM association a
  LEFT JOIN operation_log l ON l.chain_id = a.id
  GROUP BY a.id, a.status
) t
WHERE t.began <> 1 OR t.ended <> (t.status = 'ENDED')
LIMIT 20;
