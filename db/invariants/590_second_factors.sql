-- Who runs the platform and is signed in acts only with a second factor: nothing of theirs is in the log after their last sign-in without one, but setting it up.
SELECT CONCAT('user ', u.id, ' has no second factor and did ', l.operation) AS violation
FROM user u
JOIN session s ON s.user_id = u.id AND s.ended_at IS NULL
JOIN operation_log l ON l.user_id = u.id AND l.at > s.created_at
WHERE u.role IN ('ops', 'auditor') AND u.totp_secret IS NULL
  AND l.operation NOT IN ('SIGNED_IN', 'SIGN_IN_FAILED', 'SIGNED_OUT', 'STEPPED_UP', 'STEP_UP_FAILED', 'SECOND_FACTOR_ON')
LIMIT 20;
