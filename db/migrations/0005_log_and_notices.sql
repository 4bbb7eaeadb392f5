-- The operation log with its chains, notifications (the inbox) and deliveries (the outbox).

CREATE TABLE log_chain (
  chain_id BIGINT NOT NULL COMMENT 'association, or 0 for the platform',
  seq BIGINT NOT NULL COMMENT 'number of the last row',
  hash BINARY(32) NOT NULL COMMENT 'hash of the last row',
  at DATETIME(6) NULL COMMENT 'when the last row was; NULL: there is none',
  PRIMARY KEY (chain_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the head of each chain of the operation log; compared and swapped by each append';
INSERT INTO log_chain (chain_id, seq, hash) VALUES (0, 0, REPEAT(CHAR(0), 32));

CREATE TABLE operation_log (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number; order by (at, id)',
  chain_id BIGINT NOT NULL COMMENT 'association, or 0 for the platform',
  seq BIGINT NOT NULL COMMENT 'place in the chain, from 1 without gaps',
  at DATETIME(6) NOT NULL COMMENT 'when',
  operation VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what was done',
  is_transition TINYINT NOT NULL COMMENT '1: a change of state, exactly one row each; 0: an event',
  is_shown TINYINT NOT NULL COMMENT '1: an association or disassociation operation, for customer and partner',
  association_id BIGINT NULL COMMENT 'to which association it belongs',
  customer_id BIGINT NULL COMMENT 'its customer',
  partner_id BIGINT NULL COMMENT 'its partner',
  account_id BIGINT NULL COMMENT 'account that acted',
  initiated_by VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'side that acted: CUSTOMER, PARTNER, PLATFORM or SYSTEM',
  user_id BIGINT NULL COMMENT 'operator',
  user_name VARCHAR(120) NOT NULL COMMENT 'operator''s name at that time; empty for the system',
  object VARCHAR(254) NOT NULL COMMENT 'what it was done to',
  request_id BIGINT NULL COMMENT 'disassociation request',
  request_no VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'its number; empty if none',
  from_state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'transitions: state before',
  to_state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'transitions: state after',
  result VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'DONE, PENDING, REJECTED, FAILED, ...',
  remark VARCHAR(600) NOT NULL COMMENT 'a person''s words or short facts',
  ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'for auditors',
  http_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request id, for auditors',
  prev_hash BINARY(32) NOT NULL COMMENT 'hash of the row before it in the chain',
  hash BINARY(32) NOT NULL COMMENT 'SHA-256 over prev_hash and the fields',
  PRIMARY KEY (id),
  UNIQUE KEY operation_log_chain (chain_id, seq),
  KEY operation_log_at (at, id),
  KEY operation_log_customer (customer_id, is_shown, at, id),
  KEY operation_log_customer_operation (customer_id, operation, at, id),
  KEY operation_log_partner (partner_id, is_shown, at, id),
  KEY operation_log_partner_operation (partner_id, operation, at, id),
  KEY operation_log_request (request_id, at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='append-only: the programs'' database accounts may SELECT and INSERT, nothing more';

CREATE TABLE notification (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  event_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what happened and for whom: told once',
  account_id BIGINT NOT NULL COMMENT 'who is told',
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'which notice',
  details TEXT NOT NULL COMMENT 'its values as JSON; words are made in the reader''s language',
  link VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'path where reading on makes sense; may be empty',
  request_id BIGINT NULL COMMENT 'disassociation request it is about',
  at DATETIME(6) NOT NULL COMMENT 'when',
  PRIMARY KEY (id),
  UNIQUE KEY notification_event (event_key),
  KEY notification_account (account_id, at, id),
  KEY notification_request (request_id),
  CONSTRAINT notification_account FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the inbox of an account';

CREATE TABLE notification_read (
  user_id BIGINT NOT NULL COMMENT 'who has read it',
  notification_id BIGINT NOT NULL COMMENT 'which',
  at DATETIME(6) NOT NULL COMMENT 'when',
  PRIMARY KEY (user_id, notification_id),
  CONSTRAINT notification_read_notification FOREIGN KEY (notification_id) REFERENCES notification (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='read marks, each user its own';

CREATE TABLE delivery (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  event_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'Message-ID and idempotency key',
  notification_id BIGINT NULL COMMENT 'the notice it carries; NULL for codes and links, which are in no inbox',
  code_id BIGINT NULL COMMENT 'verification code it carries',
  account_id BIGINT NULL COMMENT 'whose contact it goes to; NULL: a user''s login address',
  channel VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'EMAIL or SMS',
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where to',
  lang VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'language of the recipient',
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'which notice',
  details TEXT NULL COMMENT 'its values as JSON; NULL when sealed',
  sealed VARBINARY(4000) NULL COMMENT 'values of a code or link, encrypted; wiped once delivered or given up',
  link VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'path for reading on; may be empty',
  state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'QUEUED' COMMENT 'QUEUED, SENDING, SENT or DEAD',
  tries INT NOT NULL DEFAULT 0 COMMENT 'attempts so far',
  next_at DATETIME(6) NOT NULL COMMENT 'not before',
  lease_until DATETIME(6) NULL COMMENT 'SENDING: a worker has it until then',
  claimed_by VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'SENDING: which worker',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was queued',
  give_up_at DATETIME(6) NOT NULL COMMENT 'dead after that',
  done_at DATETIME(6) NULL COMMENT 'when it was delivered or given up',
  detail VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'last answer of the next hop',
  PRIMARY KEY (id),
  UNIQUE KEY delivery_event (event_id),
  KEY delivery_due (state, next_at),
  KEY delivery_code (code_id),
  KEY delivery_notification (notification_id),
  CONSTRAINT delivery_channel CHECK (channel IN ('EMAIL', 'SMS')),
  CONSTRAINT delivery_state CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'DEAD')),
  CONSTRAINT delivery_done CHECK ((state IN ('SENT', 'DEAD')) = (done_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the outbox: written with the change it tells of, delivered by the worker';
