-- Who is associated with whom, and the facts the account checks read.

CREATE TABLE association (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number; also the number of its log chain',
  customer_id BIGINT NOT NULL COMMENT 'the customer account',
  partner_id BIGINT NOT NULL COMMENT 'the partner account that bills it',
  model VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'RESELLER (the partner bills) or REFERRAL',
  status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE' COMMENT 'ACTIVE or ENDED',
  associated_at DATETIME(6) NOT NULL COMMENT 'since when',
  ended_at DATETIME(6) NULL COMMENT 'when it ended',
  ended_by_request BIGINT NULL COMMENT 'the completed request that ended it; NULL if an account was closed',
  version BIGINT NOT NULL DEFAULT 1 COMMENT 'number of its changes, compared and swapped',
  active_customer BIGINT GENERATED ALWAYS AS (IF(status = 'ACTIVE', customer_id, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY association_active (active_customer) COMMENT 'at most one active partner a customer',
  KEY association_customer (customer_id, associated_at),
  KEY association_partner (partner_id, status, associated_at),
  CONSTRAINT association_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT association_partner FOREIGN KEY (partner_id) REFERENCES account (id),
  CONSTRAINT association_model CHECK (model IN ('RESELLER', 'REFERRAL')),
  CONSTRAINT association_status CHECK (status IN ('ACTIVE', 'ENDED')),
  CONSTRAINT association_ended CHECK ((status = 'ENDED') = (ended_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='a customer and the partner that bills it';

CREATE TABLE freeze (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  account_id BIGINT NOT NULL COMMENT 'who is frozen: a customer, or a partner',
  type VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ACCOUNT or ACCOUNT_AND_RESOURCES',
  source VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'PARTNER, BUDGET, PLATFORM or ASSOCIATION_DEFAULT',
  reason VARCHAR(256) NOT NULL COMMENT 'why, shown to the frozen account',
  at DATETIME(6) NOT NULL COMMENT 'since when',
  lifted_at DATETIME(6) NULL COMMENT 'when it was lifted',
  lift_reason VARCHAR(256) NULL COMMENT 'why it was lifted',
  open_account BIGINT GENERATED ALWAYS AS (IF(lifted_at IS NULL, account_id, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY freeze_open (open_account) COMMENT 'at most one freeze not lifted an account',
  KEY freeze_account (account_id, at),
  CONSTRAINT freeze_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT freeze_type CHECK (type IN ('ACCOUNT', 'ACCOUNT_AND_RESOURCES')),
  CONSTRAINT freeze_source CHECK (source IN ('PARTNER', 'BUDGET', 'PLATFORM', 'ASSOCIATION_DEFAULT')),
  CONSTRAINT freeze_lifted CHECK (lifted_at IS NULL OR lifted_at >= at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='freezes, open and lifted';

CREATE TABLE enterprise_link (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  master_id BIGINT NOT NULL COMMENT 'the enterprise master account',
  member_id BIGINT NOT NULL COMMENT 'the member account',
  accounting VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'UNIFIED (the master pays) or INDEPENDENT',
  status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE' COMMENT 'ACTIVE or ENDED',
  linked_at DATETIME(6) NOT NULL COMMENT 'since when',
  ended_at DATETIME(6) NULL COMMENT 'when it ended',
  active_member BIGINT GENERATED ALWAYS AS (IF(status = 'ACTIVE', member_id, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY enterprise_link_active (active_member) COMMENT 'at most one master a member',
  KEY enterprise_link_master (master_id, status),
  CONSTRAINT enterprise_link_master FOREIGN KEY (master_id) REFERENCES account (id),
  CONSTRAINT enterprise_link_member FOREIGN KEY (member_id) REFERENCES account (id),
  CONSTRAINT enterprise_link_accounting CHECK (accounting IN ('UNIFIED', 'INDEPENDENT')),
  CONSTRAINT enterprise_link_status CHECK (status IN ('ACTIVE', 'ENDED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='enterprise masters and their members';

CREATE TABLE commitment (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  customer_id BIGINT NOT NULL COMMENT 'whose',
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'RI, PARTNER_SUPPORT_PLAN or SERVICE_SUPPORT_PLAN',
  name VARCHAR(120) NOT NULL COMMENT 'what it is called on the bill',
  valid_from DATETIME(6) NOT NULL COMMENT 'start',
  valid_to DATETIME(6) NOT NULL COMMENT 'end; at that very instant it is over',
  status VARCHAR(14) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'VALID' COMMENT 'VALID or UNSUBSCRIBED',
  PRIMARY KEY (id),
  KEY commitment_customer (customer_id, status, valid_to),
  CONSTRAINT commitment_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT commitment_kind CHECK (kind IN ('RI', 'PARTNER_SUPPORT_PLAN', 'SERVICE_SUPPORT_PLAN')),
  CONSTRAINT commitment_status CHECK (status IN ('VALID', 'UNSUBSCRIBED')),
  CONSTRAINT commitment_dates CHECK (valid_to > valid_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='reserved instances and support plans';

CREATE TABLE contract (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  customer_id BIGINT NOT NULL COMMENT 'whose',
  kind VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'SPECIAL_COMMERCE' COMMENT 'SPECIAL_COMMERCE',
  number VARCHAR(40) NOT NULL COMMENT 'number on the paper',
  starts_at DATETIME(6) NOT NULL COMMENT 'in effect from',
  ends_at DATETIME(6) NOT NULL COMMENT 'in effect until',
  status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'EFFECTIVE' COMMENT 'EFFECTIVE, SETTLED (marked so with a note) or EXPIRED',
  note VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'how it was settled',
  PRIMARY KEY (id),
  KEY contract_customer (customer_id, status, ends_at),
  CONSTRAINT contract_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT contract_kind CHECK (kind IN ('SPECIAL_COMMERCE')),
  CONSTRAINT contract_status CHECK (status IN ('EFFECTIVE', 'SETTLED', 'EXPIRED')),
  CONSTRAINT contract_dates CHECK (ends_at > starts_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='special commerce contracts';

CREATE TABLE partner_order (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  customer_id BIGINT NOT NULL COMMENT 'who ordered',
  name VARCHAR(120) NOT NULL COMMENT 'what was ordered',
  status VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'WAITING_FOR_PARTNER, PAID or CANCELLED',
  at DATETIME(6) NOT NULL COMMENT 'when it was ordered',
  PRIMARY KEY (id),
  KEY partner_order_customer (customer_id, status),
  CONSTRAINT partner_order_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT partner_order_status CHECK (status IN ('WAITING_FOR_PARTNER', 'PAID', 'CANCELLED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='orders that wait for the partner''s payment, or did';

CREATE TABLE balance (
  customer_id BIGINT NOT NULL COMMENT 'whose',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ISO 4217',
  owed_minor BIGINT NOT NULL COMMENT 'arrears in hundredths of the currency; 0: nothing owed',
  PRIMARY KEY (customer_id),
  CONSTRAINT balance_customer FOREIGN KEY (customer_id) REFERENCES account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='what a customer owes';

CREATE TABLE payment_method (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  customer_id BIGINT NOT NULL COMMENT 'whose',
  kind VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'CARD or BANK',
  last_four CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'last four digits; the full number is never here',
  provider_reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the payment provider''s name for it',
  valid_to DATETIME(6) NULL COMMENT 'expiry; NULL: none',
  added_at DATETIME(6) NOT NULL COMMENT 'when it was added',
  removed_at DATETIME(6) NULL COMMENT 'when it was taken out',
  PRIMARY KEY (id),
  KEY payment_method_customer (customer_id, removed_at, valid_to),
  CONSTRAINT payment_method_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT payment_method_kind CHECK (kind IN ('CARD', 'BANK'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='how a customer pays once nobody pays for it';

CREATE TABLE resource (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  customer_id BIGINT NOT NULL COMMENT 'whose',
  name VARCHAR(120) NOT NULL COMMENT 'what it is called',
  next_charge_at DATETIME(6) NOT NULL COMMENT 'when the next payment is due',
  state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE' COMMENT 'ACTIVE, GRACE, RETENTION or RELEASED',
  state_until DATETIME(6) NULL COMMENT 'end of grace or retention; NULL otherwise',
  PRIMARY KEY (id),
  KEY resource_customer (customer_id, state),
  KEY resource_due (state, next_charge_at),
  CONSTRAINT resource_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT resource_state CHECK (state IN ('ACTIVE', 'GRACE', 'RETENTION', 'RELEASED')),
  CONSTRAINT resource_until CHECK ((state IN ('GRACE', 'RETENTION')) = (state_until IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='cloud resources that cost money';
