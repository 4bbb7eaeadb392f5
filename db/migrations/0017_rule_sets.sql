-- Rule sets that operators edit: a version that is compared and swapped, and the history of who changed what.

ALTER TABLE rule_set
  ADD COLUMN version BIGINT NOT NULL DEFAULT 1 COMMENT 'grows with every change of one of its rules and whenever it comes into force; compared and swapped, so that nobody overwrites what they have not seen',
  ADD COLUMN about VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'what the preset is for, in English';

ALTER TABLE rule
  ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number, in addresses',
  ADD UNIQUE KEY rule_id (id);

CREATE TABLE rule_change (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  rule_set_id BIGINT NOT NULL COMMENT 'which preset',
  set_version BIGINT NOT NULL COMMENT 'version of the preset after the change',
  code VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'which of its rules; empty: the preset came into force',
  at DATETIME(6) NOT NULL COMMENT 'when',
  user_id BIGINT NOT NULL COMMENT 'operator',
  user_name VARCHAR(120) NOT NULL COMMENT 'operator''s name at that time',
  before_text VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the row before, packed: severity, bindings, numbers; or the preset that was in force',
  after_text VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the row after, packed the same way; or the preset that is',
  note VARCHAR(500) NOT NULL COMMENT 'why',
  PRIMARY KEY (id),
  UNIQUE KEY rule_change_version (rule_set_id, set_version) COMMENT 'one change a version',
  KEY rule_change_at (at, id),
  CONSTRAINT rule_change_set FOREIGN KEY (rule_set_id) REFERENCES rule_set (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='what was changed about the rules, by whom, why';

UPDATE rule_set SET about = 'As the public guide of that date has it' WHERE id = 1;
INSERT INTO rule_set (id, name, is_active, about) VALUES
  (2, 'earlier-guides', 0, 'Orders, arrears, support plans and membership stop a customer too, as earlier versions of the guide had it');
INSERT INTO rule (rule_set_id, code, severity, binds_customer_submit, binds_customer_agree, binds_partner_submit, binds_partner_agree, limit_n, months, source, read_on)
SELECT 2, code, IF(code IN ('X1', 'X2', 'X3', 'X4', 'X5'), 'BLOCK', severity), binds_customer_submit, binds_customer_agree,
  binds_partner_submit, binds_partner_agree, limit_n, months, source, read_on
FROM rule
WHERE rule_set_id = 1
ORDER BY code;
