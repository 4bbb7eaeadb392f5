-- An account has at most one live contact of each channel.
SELECT CONCAT('account ', account_id, ' has ', COUNT(*), ' contacts by ', channel) AS violation
FROM contact
WHERE removed_at IS NULL
GROUP BY account_id, channel
HAVING COUNT(*) > 1
LIMIT 20;
