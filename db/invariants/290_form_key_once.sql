-- One visit used one form: no two one-time keys were used by the same one. The try of a code that carries out an answer has a key of its own, made of the form's.
SELECT CONCAT('visit ', k.http_id, ' used ', COUNT(*) - COUNT(t.digest), ' keys') AS violation
FROM form_key k
LEFT JOIN form_key t ON t.digest = UNHEX(SHA2(CONCAT(k.digest, 'try'), 256)) AND t.http_id = k.http_id
WHERE k.http_id <> ''
GROUP BY k.http_id
HAVING COUNT(*) - COUNT(t.digest) > 1
LIMIT 20;
