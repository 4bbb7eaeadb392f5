-- A recovery code that would work belongs to somebody with a second factor.
SELECT CONCAT('user ', u.id, ' has recovery codes and no second factor') AS violation
FROM recovery_code r
JOIN user u ON u.id = r.user_id
WHERE r.used_at IS NULL AND r.voided_at IS NULL AND u.totp_secret IS NULL
LIMIT 20;
