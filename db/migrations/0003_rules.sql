-- The rules module: which conditions count, for which operation, with which numbers.

CREATE TABLE rule_set (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  name VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'preset',
  is_active TINYINT NOT NULL DEFAULT 0 COMMENT '1: in force',
  active_key TINYINT GENERATED ALWAYS AS (IF(is_active = 1, 1, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY rule_set_name (name),
  UNIQUE KEY rule_set_active (active_key) COMMENT 'one set is in force'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='named presets of rules';

CREATE TABLE rule (
  rule_set_id BIGINT NOT NULL COMMENT 'which preset',
  code VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'predicate: C1 to C6, Q, X1 to X5, X7',
  severity VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'BLOCK stops the operation, WARN is shown, OFF is not',
  binds_customer_submit TINYINT NOT NULL COMMENT '1: counts when the customer asks',
  binds_customer_agree TINYINT NOT NULL COMMENT '1: counts when the customer agrees',
  binds_partner_submit TINYINT NOT NULL COMMENT '1: counts when the partner asks',
  binds_partner_agree TINYINT NOT NULL COMMENT '1: counts when the partner agrees',
  limit_n INT NOT NULL DEFAULT 0 COMMENT 'Q: how many requests; others 0',
  months INT NOT NULL DEFAULT 0 COMMENT 'Q: within how many calendar months; others 0',
  source VARCHAR(200) NOT NULL COMMENT 'where the rule was read',
  read_on DATE NOT NULL COMMENT 'when it was read there',
  PRIMARY KEY (rule_set_id, code),
  CONSTRAINT rule_set FOREIGN KEY (rule_set_id) REFERENCES rule_set (id),
  CONSTRAINT rule_code CHECK (code IN ('C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'Q', 'X1', 'X2', 'X3', 'X4', 'X5', 'X7')),
  CONSTRAINT rule_severity CHECK (severity IN ('BLOCK', 'WARN', 'OFF')),
  CONSTRAINT rule_quota CHECK ((code = 'Q') = (limit_n > 0 AND months > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='one row a predicate and preset';

INSERT INTO rule_set (id, name, is_active) VALUES (1, 'seed-2025-06-30', 1);
INSERT INTO rule (rule_set_id, code, severity, binds_customer_submit, binds_customer_agree, binds_partner_submit, binds_partner_agree, limit_n, months, source, read_on) VALUES
  (1, 'C1', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'C2', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'C3', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'C4', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'C5', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'C6', 'BLOCK', 1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 3', '2025-06-30'),
  (1, 'Q',  'BLOCK', 1, 0, 1, 0, 3, 3, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 1', '2025-06-30'),
  (1, 'X1', 'WARN',  1, 1, 1, 1, 0, 0, 'Earlier versions of the guide', '2025-06-30'),
  (1, 'X2', 'WARN',  1, 1, 1, 1, 0, 0, 'Earlier versions of the guide', '2025-06-30'),
  (1, 'X3', 'WARN',  1, 1, 1, 1, 0, 0, 'Earlier versions of the guide', '2025-06-30'),
  (1, 'X4', 'WARN',  1, 1, 1, 1, 0, 0, 'Earlier versions of the guide', '2025-06-30'),
  (1, 'X5', 'WARN',  1, 1, 1, 1, 0, 0, 'Earlier versions of the guide', '2025-06-30'),
  (1, 'X7', 'WARN',  1, 1, 1, 1, 0, 0, 'Partner Center user guide, Requesting Disassociation (reseller model), Precautions 2', '2025-06-30');
