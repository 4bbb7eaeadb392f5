-- Sessions of the owners of customers that could send a request now, and one name that must be escaped. `bench_session` tells the tokens; no program looks at it.
SET @now = UTC_TIMESTAMP(6);
CREATE TABLE bench_session (
  n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, token CHAR(43) CHARACTER SET ascii NOT NULL, user_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL, association_id BIGINT NOT NULL, session_id BIGINT NOT NULL DEFAULT 0
) ENGINE=InnoDB;
INSERT INTO bench_session (token, user_id, account_id, association_id)
SELECT SUBSTRING(CONCAT(SHA2(CONCAT('bench', u.id), 256)), 1, 43), u.id, c.id, a.id
  FROM association a
  JOIN account c ON c.id = a.customer_id
  JOIN user u ON u.account_id = c.id AND u.role = 'owner' AND u.status = 'ACTIVE'
 WHERE a.status = 'ACTIVE' AND a.model = 'RESELLER' AND c.currency IS NOT NULL AND c.status = 'OPEN'
   AND NOT EXISTS (SELECT 1 FROM freeze f WHERE f.open_account IN (c.id, a.partner_id))
   AND NOT EXISTS (SELECT 1 FROM disassociation_request r WHERE r.open_association = a.id)
   AND NOT EXISTS (SELECT 1 FROM commitment m WHERE m.customer_id = c.id AND m.status = 'VALID' AND m.valid_to > @now)
   AND NOT EXISTS (SELECT 1 FROM contract t WHERE t.customer_id = c.id AND t.status = 'EFFECTIVE' AND t.ends_at > @now)
   AND NOT EXISTS (SELECT 1 FROM enterprise_link l WHERE l.status = 'ACTIVE' AND (l.master_id = c.id OR l.member_id = c.id))
   AND (SELECT COUNT(*) FROM quota_slot q WHERE q.side = 'CUSTOMER' AND q.customer_id = c.id AND q.frees_at > @now) < 3
 ORDER BY a.id;
INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent)
SELECT UNHEX(SHA2(token, 256)), user_id, @now, @now + INTERVAL 2 HOUR, @now + INTERVAL 1 DAY, 86400, @now, '127.0.0.1', 'bench'
  FROM bench_session;
UPDATE bench_session b JOIN session s ON s.token_hash = UNHEX(SHA2(b.token, 256)) SET b.session_id = s.id;
UPDATE account SET name = 'Müller & <b>Söhne</b> "Cloud"', public_email = 'care@mueller.example', public_phone = '+4930123456' WHERE kind = 'PARTNER';
-- More rows of the log for the first of them, with words in them that must be escaped. They are in no chain that is right.
INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, association_id, customer_id, partner_id, account_id,
  initiated_by, user_id, user_name, object, request_id, request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash)
SELECT l.chain_id, l.seq + 1000000 * s.seq, l.at - INTERVAL s.seq SECOND, l.operation, l.is_transition, l.is_shown, l.association_id,
  l.customer_id, l.partner_id, l.account_id, l.initiated_by, l.user_id, l.user_name, l.object, l.request_id, l.request_no, l.from_state,
  l.to_state, l.result, CONCAT('<b>Söhne</b> & "Co" ', l.remark), l.ip, l.http_id, l.prev_hash, l.hash
  FROM operation_log l
  JOIN bench_session b ON b.account_id = l.customer_id AND b.n <= 64
  JOIN seq_1_to_20 s
 WHERE l.is_shown = 1;
