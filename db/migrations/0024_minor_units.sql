-- Amounts are minor units as ISO 4217 has them, which are hundredths of most currencies only: yen have none, dinars thousandths.

ALTER TABLE balance
  MODIFY COLUMN owed_minor BIGINT NOT NULL COMMENT 'arrears in minor units of the currency (ISO 4217); 0: nothing owed';

ALTER TABLE resource
  MODIFY COLUMN amount_minor BIGINT NOT NULL DEFAULT 0 COMMENT 'price of a period in minor units of the currency (ISO 4217)';

ALTER TABLE charge
  MODIFY COLUMN amount_minor BIGINT NOT NULL COMMENT 'how much, in minor units of the currency (ISO 4217)';

ALTER TABLE import_line
  MODIFY COLUMN amount BIGINT NULL COMMENT 'in minor units of the currency (ISO 4217)';
