-- Contacts that are added, changed and removed; the channels notices go by; second factors set up by their owners.

ALTER TABLE account
  ADD COLUMN notice_email TINYINT NOT NULL DEFAULT 1 COMMENT '1 when notices go by email; codes and what concerns security always do',
  ADD COLUMN notice_sms TINYINT NOT NULL DEFAULT 1 COMMENT '1 when the most important notices go by text message too',
  ADD CONSTRAINT account_notice CHECK (notice_email + notice_sms >= 1);

ALTER TABLE contact
  ADD COLUMN coded_at DATETIME(6) NULL COMMENT 'when a code was last sent to it: written with the code, so that none goes out to one that is being removed';

CREATE TABLE contact_change (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number, the target of its codes',
  account_id BIGINT NOT NULL COMMENT 'whose contact it will be',
  user_id BIGINT NOT NULL COMMENT 'who began it',
  channel VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'EMAIL or SMS',
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the new address, which gets the code',
  return_to VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'short name of the page that asked for a contact and is shown again afterwards; empty: none',
  started_at DATETIME(6) NOT NULL COMMENT 'when it was begun; forgotten after a day',
  closed_at DATETIME(6) NULL COMMENT 'when it came to its end',
  outcome VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'PROVEN: the address is a contact since; REPLACED: another one was begun',
  open_key TINYINT GENERATED ALWAYS AS (IF(closed_at IS NULL, 1, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY contact_change_open (account_id, channel, open_key) COMMENT 'one at a time for each channel',
  CONSTRAINT contact_change_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT contact_change_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT contact_change_channel CHECK (channel IN ('EMAIL', 'SMS')),
  CONSTRAINT contact_change_closed CHECK ((outcome IS NULL) = (closed_at IS NULL) AND outcome IN ('PROVEN', 'REPLACED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='addresses that are to become contacts once a code sent there comes back';

ALTER TABLE user
  ADD COLUMN totp_pending VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'second factor being set up, base32: not asked for at sign-in until a code made from it was entered',
  ADD COLUMN totp_pending_at DATETIME(6) NULL COMMENT 'since when; it can be confirmed for an hour';

CREATE TABLE recovery_code (
  user_id BIGINT NOT NULL COMMENT 'whose',
  digest BINARY(32) NOT NULL COMMENT 'HMAC of the code; the code itself is shown once and stored nowhere',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was made',
  used_at DATETIME(6) NULL COMMENT 'when it stood in for a one-time password: it works once',
  voided_at DATETIME(6) NULL COMMENT 'when newer ones were made or the second factor was switched off',
  PRIMARY KEY (user_id, digest),
  CONSTRAINT recovery_code_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='codes for signing in without the authenticator app';
