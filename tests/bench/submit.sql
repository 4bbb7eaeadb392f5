-- Customers on the last step before their request is sent, @customers of them, with one partner: all that the steps before have
-- written. Their numbers are consecutive from @first on; `bench_submit` tells the tokens.
SET @now = UTC_TIMESTAMP(6);
SET @partner = (SELECT MIN(id) FROM account WHERE kind = 'PARTNER' AND id NOT IN (SELECT account_id FROM freeze WHERE lifted_at IS NULL));
SET @first = (SELECT MAX(id) + 1 FROM account);
SET @user = (SELECT MAX(id) + 1 FROM user);
SET @association = (SELECT MAX(id) + 1 FROM association);
SET @session = (SELECT MAX(id) + 1 FROM session);
SET @code = (SELECT COALESCE(MAX(id), 0) + 1 FROM verification_code);
SET STATEMENT max_statement_time = 0 FOR
CREATE TABLE bench_submit (
  n BIGINT NOT NULL PRIMARY KEY, account_id BIGINT NOT NULL, association_id BIGINT NOT NULL, partner_id BIGINT NOT NULL, user_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL, code_id BIGINT NOT NULL, token CHAR(43) CHARACTER SET ascii NOT NULL
) ENGINE=InnoDB AS
SELECT seq AS n, @first + seq AS account_id, @association + seq AS association_id, @partner AS partner_id, @user + seq AS user_id,
  @session + seq AS session_id, @code + seq AS code_id, SUBSTRING(SHA2(CONCAT('submit', seq), 256), 1, 43) AS token
  FROM seq_0_to_1000000
 WHERE seq < @customers;
INSERT INTO account (id, kind, no, name, currency, billing_mode, created_at)
SELECT account_id, 'CUSTOMER', CONCAT('C-B', n), CONCAT('Bench customer ', n), 'USD', 'PARTNER', @now FROM bench_submit;
INSERT INTO user (id, account_id, login, name, role, created_at)
SELECT user_id, account_id, CONCAT('bench-', n, '@generated.test'), CONCAT('Owner ', n), 'owner', @now FROM bench_submit;
INSERT INTO contact (account_id, channel, address, verified_at)
SELECT account_id, 'EMAIL', CONCAT('bench-', n, '@generated.test'), @now FROM bench_submit;
INSERT INTO association (id, customer_id, partner_id, model, associated_at)
SELECT association_id, account_id, partner_id, 'RESELLER', @now - INTERVAL 1 YEAR FROM bench_submit;
INSERT INTO log_chain (chain_id, seq, hash, at) SELECT association_id, 0, REPEAT(CHAR(0), 32), NULL FROM bench_submit;
INSERT INTO session (id, token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent)
SELECT session_id, UNHEX(SHA2(token, 256)), user_id, @now, @now + INTERVAL 2 HOUR, @now + INTERVAL 1 DAY, 86400, @now, '127.0.0.1', 'bench'
  FROM bench_submit;
INSERT INTO verification_code (id, account_id, user_id, session_id, purpose, target_id, contact_id, channel, destination, mac, state,
  sent_at, expires_at, tries, proven_at, grant_expires_at)
SELECT code_id, account_id, user_id, session_id, 'SUBMIT', association_id, 0, 'EMAIL', 'c@generated.test', REPEAT('x', 32), 'PROVEN',
  @now, @now + INTERVAL 2 HOUR, 1, @now, @now + INTERVAL 2 HOUR
  FROM bench_submit;
INSERT INTO wizard (account_id, purpose, target_id, opened_at, opened_by, updated_at, expires_at, statement_at, statement_version,
  statement_lang, channel, code_id, grant_session_id, grant_expires_at, reason)
SELECT account_id, 'SUBMIT', association_id, @now, user_id, @now, @now + INTERVAL 2 HOUR, @now, @statement_version, 'en', 'EMAIL',
  code_id, session_id, @now + INTERVAL 2 HOUR, 'PRICE'
  FROM bench_submit;
