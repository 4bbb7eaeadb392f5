-- What is counted of notices is what there is: a customer's, and what each person has read.
SELECT CONCAT('account ', a.id, ' counts ', a.notices, ' notices and has ', COUNT(n.id)) AS violation
FROM account a
LEFT JOIN notification n ON n.account_id = a.id
WHERE a.kind = 'CUSTOMER'
GROUP BY a.id
HAVING COUNT(n.id) <> MAX(a.notices)
UNION ALL
SELECT CONCAT('user ', u.id, ' counts ', u.notices_read, ' read notices and has ', COUNT(r.notification_id))
FROM user u
LEFT JOIN notification_read r ON r.user_id = u.id
GROUP BY u.id
HAVING COUNT(r.notification_id) <> MAX(u.notices_read)
LIMIT 20;
