-- In each chain of the log every row follows the one before it: no number is missing, and each holds the hash of the last.
SELECT CONCAT('chain ', t.chain_id, ': row ', t.seq, ' (id ', t.id, ') does not follow row ', t.before_seq) AS violation
FROM (
  SELECT id, chain_id, seq, prev_hash, COALESCE(LAG(seq) OVER chain, 0) AS before_seq,
    COALESCE(LAG(hash) OVER chain, REPEAT(CHAR(0), 32)) AS before_hash
  FROM operation_log
  WINDOW chain AS (PARTITION BY chain_id ORDER BY seq)
) t
WHERE t.seq <> t.before_seq + 1 OR t.prev_hash <> t.before_hash
LIMIT 20;
