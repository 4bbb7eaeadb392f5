-- No two one-time keys were used by one visit, unless one is of the try of a code and the other of the answer that it let through.
-- Such a try leads to no page: its location is the number of the draft's revision.
SELECT CONCAT('visit ', http_id, ' used ', COUNT(*), ' keys') AS violation
FROM form_key
WHERE http_id <> ''
GROUP BY http_id
HAVING COUNT(*) > 1 AND NOT (COUNT(*) = 2 AND SUM(location LIKE '/%') = 1 AND MAX(route) LIKE '%{no}/verify')
LIMIT 20;
