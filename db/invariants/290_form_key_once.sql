-- One visit used one form: no two one-time keys were used by the same one.
SELECT CONCAT('visit ', http_id, ' used ', COUNT(*), ' keys') AS violation
FROM form_key
WHERE http_id <> ''
GROUP BY http_id
HAVING COUNT(*) > 1
LIMIT 20;
