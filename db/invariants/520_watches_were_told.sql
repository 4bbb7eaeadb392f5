-- Whoever waited for all checks to pass was told exactly then and once, and nobody else was.
SELECT CONCAT('watch ', w.id, ' of account ', w.account_id, ' was told: ', w.told_at IS NOT NULL, ', not as its notices say')
  AS violation
FROM check_watch w
WHERE (w.told_at IS NOT NULL) <> EXISTS (SELECT 1 FROM notification n WHERE n.account_id = w.account_id
  AND n.kind = 'CHECKS_PASS' AND n.event_key = CONCAT('W', w.id, '-PASS-A', w.account_id))
UNION ALL
SELECT CONCAT('account ', n.account_id, ' was told that all checks pass and did not wait for it')
FROM notification n
WHERE n.kind = 'CHECKS_PASS' AND NOT EXISTS (SELECT 1 FROM check_watch w WHERE w.account_id = n.account_id
  AND n.event_key = CONCAT('W', w.id, '-PASS-A', w.account_id) AND w.told_at IS NOT NULL)
LIMIT 20;
