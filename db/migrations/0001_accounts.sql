-- Accounts, people, contacts, sessions. All times are UTC. Codes and tokens compare as bytes (ascii_bin).

CREATE TABLE account (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number; its order means nothing',
  kind VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'CUSTOMER, PARTNER or PLATFORM',
  no VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'number people see: C-100482, P-100001',
  name VARCHAR(120) NOT NULL COMMENT 'name of the company or person',
  status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'OPEN' COMMENT 'OPEN or CLOSED',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'settlement currency (ISO 4217); NULL until the customer sets it, once',
  billing_mode VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'DIRECT' COMMENT 'PARTNER while a reseller bills the customer, else DIRECT',
  code_on TINYINT NOT NULL DEFAULT 0 COMMENT 'partners: 1 when its own answers need a verification code',
  public_email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'partners: shown to its customers',
  public_phone VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'partners: shown to its customers',
  created_at DATETIME(6) NOT NULL COMMENT 'when the account was made',
  closed_at DATETIME(6) NULL COMMENT 'when it was closed',
  version BIGINT NOT NULL DEFAULT 1 COMMENT 'grows with every change of a fact the rules read, and with submit and agree; compared and swapped',
  PRIMARY KEY (id),
  UNIQUE KEY account_no (no),
  KEY account_name (kind, name),
  CONSTRAINT account_kind CHECK (kind IN ('CUSTOMER', 'PARTNER', 'PLATFORM')),
  CONSTRAINT account_status CHECK (status IN ('OPEN', 'CLOSED')),
  CONSTRAINT account_closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)),
  CONSTRAINT account_billing CHECK (billing_mode IN ('PARTNER', 'DIRECT'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='who there is: customers, partners, the platform';

CREATE TABLE user (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  account_id BIGINT NOT NULL COMMENT 'the account this person acts for',
  login VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'email address in lower case, for signing in only',
  name VARCHAR(120) NOT NULL COMMENT 'name of the person, in logs',
  role VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'owner, viewer, admin, manager, ops or auditor',
  status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE' COMMENT 'ACTIVE or DISABLED',
  password_hash VARCHAR(250) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'scrypt with its parameters; NULL: cannot sign in yet',
  totp_secret VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'second factor at sign-in, base32; NULL: none',
  totp_step BIGINT NOT NULL DEFAULT 0 COMMENT 'time step of the last one-time password that was accepted; it and earlier ones are refused',
  lang VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'language tag; empty: not chosen',
  zone VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'time zone for display; empty: that of the site',
  theme VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'light, dark, or empty: same as device',
  failures INT NOT NULL DEFAULT 0 COMMENT 'failed sign-ins in a row',
  wait_until DATETIME(6) NULL COMMENT 'no sign-in before this time, after failures',
  created_at DATETIME(6) NOT NULL COMMENT 'when the user was made',
  PRIMARY KEY (id),
  UNIQUE KEY user_login (login),
  KEY user_account (account_id),
  CONSTRAINT user_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT user_role CHECK (role IN ('owner', 'viewer', 'admin', 'manager', 'ops', 'auditor')),
  CONSTRAINT user_status CHECK (status IN ('ACTIVE', 'DISABLED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='people who sign in';

CREATE TABLE sign_in_address (
  ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'address of the peer that the web server saw, or "login-" and a digest for a login that nobody has',
  failures INT NOT NULL COMMENT 'failed sign-ins in a row from there',
  failed_at DATETIME(6) NOT NULL COMMENT 'the last of them; forgotten after a day',
  wait_until DATETIME(6) NULL COMMENT 'no sign-in from there before this time',
  PRIMARY KEY (ip),
  KEY sign_in_address_failed (failed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the sign-in throttle by address';

CREATE TABLE session (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie; the token itself is stored nowhere',
  user_id BIGINT NOT NULL COMMENT 'who is signed in',
  created_at DATETIME(6) NOT NULL COMMENT 'sign-in',
  seen_at DATETIME(6) NOT NULL COMMENT 'last visit, written at most once a minute',
  expires_at DATETIME(6) NOT NULL COMMENT 'absolute end, whatever happens',
  idle_s INT NOT NULL COMMENT 'ends this long after seen_at',
  step_up_at DATETIME(6) NOT NULL COMMENT 'last proof of the password or second factor',
  ended_at DATETIME(6) NULL COMMENT 'signed out, ended by its user or an operator, or password changed',
  ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where it was made from',
  agent VARCHAR(200) NOT NULL COMMENT 'browser, as it called itself',
  PRIMARY KEY (id),
  UNIQUE KEY session_token (token_hash),
  KEY session_user (user_id, ended_at),
  KEY session_expires (expires_at),
  CONSTRAINT session_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='who is signed in where';

CREATE TABLE password_reset (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the token in the mailed link',
  user_id BIGINT NOT NULL COMMENT 'whose password may be set',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was asked for',
  expires_at DATETIME(6) NOT NULL COMMENT 'the link works until then',
  used_at DATETIME(6) NULL COMMENT 'when it was used, or made void by a newer one',
  PRIMARY KEY (token_hash),
  KEY password_reset_user (user_id, created_at),
  CONSTRAINT password_reset_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='links for a forgotten password';

CREATE TABLE contact (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  account_id BIGINT NOT NULL COMMENT 'whose',
  channel VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'EMAIL or SMS',
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'email address in lower case, or E.164 number',
  verified_at DATETIME(6) NULL COMMENT 'when it was proven by a code; NULL: gets no codes',
  removed_at DATETIME(6) NULL COMMENT 'when it was taken out or replaced',
  is_live TINYINT GENERATED ALWAYS AS (IF(removed_at IS NULL, 1, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY contact_live (account_id, channel, is_live) COMMENT 'at most one of each channel',
  CONSTRAINT contact_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT contact_channel CHECK (channel IN ('EMAIL', 'SMS'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='where an account can be reached, and by which it proves itself';

CREATE TABLE form_key (
  digest BINARY(32) NOT NULL COMMENT 'of the one-time key of a form',
  user_id BIGINT NOT NULL COMMENT 'who sent it; 0 for a visitor',
  route VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'pattern of the route it was sent to',
  at DATETIME(6) NOT NULL COMMENT 'when it was used; kept two days',
  location VARCHAR(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where the first use led to: the answer for every repetition',
  http_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request that used it',
  PRIMARY KEY (digest),
  KEY form_key_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='each form works once: written in the transaction of what it did';
