-- Payment methods with a default, resources with a price, what was charged, and how long grace and retention last.

ALTER TABLE payment_method
  ADD COLUMN is_default TINYINT NOT NULL DEFAULT 0 COMMENT '1: charged first' AFTER valid_to,
  ADD COLUMN default_customer BIGINT GENERATED ALWAYS AS (IF(is_default = 1 AND removed_at IS NULL, customer_id, NULL)) STORED COMMENT 'for the unique key',
  ADD UNIQUE KEY payment_method_default (default_customer) COMMENT 'at most one default a customer',
  ADD UNIQUE KEY payment_method_reference (provider_reference) COMMENT 'one the provider has named is added once',
  ADD CONSTRAINT payment_method_last_four CHECK (last_four REGEXP '^[0-9]{4}$'),
  ADD CONSTRAINT payment_method_no_number CHECK (provider_reference NOT REGEXP '[0-9]{13}');

UPDATE payment_method m
JOIN (SELECT MAX(id) AS id FROM payment_method WHERE removed_at IS NULL GROUP BY customer_id) last ON last.id = m.id
SET m.is_default = 1;

ALTER TABLE resource
  ADD COLUMN site VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'main' COMMENT 'site it runs on: decides how long grace and retention last' AFTER name,
  ADD COLUMN tier VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'standard' COMMENT 'service tier: decides that too' AFTER site,
  ADD COLUMN amount_minor BIGINT NOT NULL DEFAULT 0 COMMENT 'price of a period in hundredths of the currency' AFTER tier,
  ADD COLUMN currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'USD' COMMENT 'ISO 4217' AFTER amount_minor,
  ADD COLUMN period_months INT NOT NULL DEFAULT 1 COMMENT 'calendar months that one payment is for' AFTER currency,
  ADD COLUMN anchor_at DATETIME(6) NULL COMMENT 'the charge that the later ones are counted from, so that the 31st stays the last day of a month; NULL: next_charge_at' AFTER next_charge_at,
  ADD COLUMN told INT NOT NULL DEFAULT 0 COMMENT 'how many notices were given that this grace or retention is about to end',
  ADD COLUMN version BIGINT NOT NULL DEFAULT 1 COMMENT 'number of its changes, compared and swapped',
  ADD KEY resource_until (state, state_until),
  ADD CONSTRAINT resource_amount CHECK (amount_minor >= 0),
  ADD CONSTRAINT resource_period CHECK (period_months BETWEEN 1 AND 36);

CREATE TABLE lifecycle_days (
  site VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'site of a resource; * for all',
  tier VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'tier of a resource; * for all',
  grace_days INT NOT NULL COMMENT 'days of grace, counted from when the charge that failed was due',
  retention_days INT NOT NULL COMMENT 'days of retention after that',
  PRIMARY KEY (site, tier),
  CONSTRAINT lifecycle_days_range CHECK (grace_days BETWEEN 0 AND 365 AND retention_days BETWEEN 0 AND 365)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='how long grace and retention last; the row that names most wins, the site before the tier; none: the config''s days';
INSERT INTO lifecycle_days (site, tier, grace_days, retention_days) VALUES ('main', 'standard', 15, 15);

CREATE TABLE charge (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number; order by (at, id)',
  resource_id BIGINT NOT NULL COMMENT 'for what',
  customer_id BIGINT NOT NULL COMMENT 'whose it was then',
  due_at DATETIME(6) NOT NULL COMMENT 'the due time that it is about',
  amount_minor BIGINT NOT NULL COMMENT 'how much, in hundredths of the currency',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ISO 4217',
  payer VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'CUSTOMER or PARTNER',
  payment_method_id BIGINT NULL COMMENT 'how it was to be paid; NULL: by the partner, or there was none',
  result VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'PAID, DECLINED or NO_METHOD',
  at DATETIME(6) NOT NULL COMMENT 'when it was tried',
  paid_key TINYINT GENERATED ALWAYS AS (IF(result = 'PAID', 1, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY charge_paid (resource_id, due_at, paid_key) COMMENT 'nothing is paid twice',
  KEY charge_customer (customer_id, at),
  CONSTRAINT charge_resource FOREIGN KEY (resource_id) REFERENCES resource (id),
  CONSTRAINT charge_customer FOREIGN KEY (customer_id) REFERENCES account (id),
  CONSTRAINT charge_method FOREIGN KEY (payment_method_id) REFERENCES payment_method (id),
  CONSTRAINT charge_payer CHECK (payer IN ('CUSTOMER', 'PARTNER')),
  CONSTRAINT charge_result CHECK (result IN ('PAID', 'DECLINED', 'NO_METHOD'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='each try to be paid for a resource, and what came of it';

ALTER TABLE task
  ADD COLUMN reminded INT NOT NULL DEFAULT 0 COMMENT 'how many reminders of it were sent',
  ADD KEY task_open_kind (kind, open_key, reminded, created_at);
