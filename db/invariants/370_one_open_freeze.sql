-- An account has at most one freeze that is not lifted, and none was lifted before it began.
SELECT CONCAT('account ', account_id, ' has ', COUNT(*), ' open freezes') AS violation
FROM freeze
WHERE lifted_at IS NULL
GROUP BY account_id
HAVING COUNT(*) > 1
UNION ALL
SELECT CONCAT('freeze ', id, ' was lifted before it began')
FROM freeze
WHERE lifted_at < at
LIMIT 20;
