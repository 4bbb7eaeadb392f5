-- An account has at most one live code for a purpose.
SELECT CONCAT('account ', account_id, ' has ', COUNT(*), ' live codes for ', purpose) AS violation
FROM verification_code
WHERE state = 'LIVE' AND account_id <> 0
GROUP BY account_id, purpose
HAVING COUNT(*) > 1
LIMIT 20;
