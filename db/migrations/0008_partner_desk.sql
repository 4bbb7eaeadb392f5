-- The partner's desk: names that are masked until asked for, contracts that were settled, and who belongs to a team.

ALTER TABLE session
  ADD COLUMN names_shown_at DATETIME(6) NULL COMMENT 'partners, where names are masked: since when this session shows full names; NULL: masked';

ALTER TABLE contract
  ADD COLUMN settled_at DATETIME(6) NULL COMMENT 'when it was marked as settled; NULL: it was not';

ALTER TABLE account
  ADD COLUMN team_version BIGINT NOT NULL DEFAULT 1 COMMENT 'grows when a user joins, leaves or gets another role; compared and swapped, so that two removals at once cannot take the last administrator';

CREATE TABLE team_invitation (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the token in the mailed link',
  account_id BIGINT NOT NULL COMMENT 'whose team',
  login VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'address it was sent to, in lower case: the login of whoever accepts',
  role VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'role of whoever accepts',
  invited_by BIGINT NOT NULL COMMENT 'user who invited',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was sent',
  expires_at DATETIME(6) NOT NULL COMMENT 'the link works until then',
  used_at DATETIME(6) NULL COMMENT 'when somebody joined by it',
  user_id BIGINT NULL COMMENT 'who that was',
  ended_at DATETIME(6) NULL COMMENT 'when it was taken back, or replaced by a newer one',
  open_login VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (IF(used_at IS NULL AND ended_at IS NULL, login, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY team_invitation_token (token_hash),
  UNIQUE KEY team_invitation_open (account_id, open_login) COMMENT 'one open invitation an address',
  KEY team_invitation_created (account_id, created_at),
  CONSTRAINT team_invitation_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT team_invitation_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT team_invitation_role CHECK (role IN ('owner', 'viewer', 'admin', 'manager', 'ops', 'auditor')),
  CONSTRAINT team_invitation_used CHECK ((used_at IS NULL) = (user_id IS NULL)),
  CONSTRAINT team_invitation_life CHECK (expires_at > created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='links by which people join the team of an account';
