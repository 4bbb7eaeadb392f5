-- No code is out to a contact that was changed or removed.
SELECT CONCAT('code ', v.id, ' for ', v.purpose, ' is out to contact ', c.id, ', which was removed') AS violation
FROM verification_code v
JOIN contact c ON c.id = v.contact_id
WHERE v.state = 'LIVE' AND c.removed_at IS NOT NULL
LIMIT 20;
