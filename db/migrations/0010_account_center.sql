-- The account center: currencies to choose from, what a customer ended itself, what a biller needs to know, and who waits for
-- all checks to pass.

CREATE TABLE settlement_currency (
  code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ISO 4217, with two digits after the point',
  position INT NOT NULL COMMENT 'place in the list a customer chooses from',
  is_offered TINYINT NOT NULL DEFAULT 1 COMMENT '1: customers may choose it; 0: no more, those who have it keep it',
  PRIMARY KEY (code),
  CONSTRAINT settlement_currency_offered CHECK (is_offered IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='currencies that customers may settle in';
INSERT INTO settlement_currency (code, position) VALUES
  ('USD', 1), ('EUR', 2), ('CNY', 3), ('GBP', 4), ('HKD', 5), ('SGD', 6), ('THB', 7), ('ZAR', 8);

ALTER TABLE commitment
  ADD COLUMN unsubscribed_at DATETIME(6) NULL COMMENT 'when the customer ended it here; NULL: it did not',
  ADD CONSTRAINT commitment_unsubscribed CHECK (unsubscribed_at IS NULL OR status = 'UNSUBSCRIBED');

CREATE TABLE account_information (
  account_id BIGINT NOT NULL COMMENT 'whose',
  legal_name VARCHAR(120) NOT NULL COMMENT 'name on the bill',
  address_1 VARCHAR(120) NOT NULL COMMENT 'street and number',
  address_2 VARCHAR(120) NOT NULL COMMENT 'building, floor, department; may be empty',
  postcode VARCHAR(20) NOT NULL COMMENT 'may be empty: some countries have none',
  city VARCHAR(80) NOT NULL COMMENT 'city or town',
  country VARCHAR(60) NOT NULL COMMENT 'country or region, as it is to be printed',
  tax_number VARCHAR(40) NOT NULL COMMENT 'VAT or tax number as it is to be printed; may be empty',
  billing_email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where bills are sent, in lower case',
  updated_at DATETIME(6) NOT NULL COMMENT 'when it was saved last',
  updated_by BIGINT NOT NULL COMMENT 'user who saved it',
  version BIGINT NOT NULL DEFAULT 1 COMMENT 'grows with every save; compared and swapped, so that nobody overwrites what they have not seen',
  PRIMARY KEY (account_id),
  CONSTRAINT account_information_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT account_information_user FOREIGN KEY (updated_by) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='what a biller needs to know about a customer';

CREATE TABLE check_watch (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  account_id BIGINT NOT NULL COMMENT 'customer that wants to be told',
  association_id BIGINT NOT NULL COMMENT 'the association it wants to leave',
  user_id BIGINT NOT NULL COMMENT 'who asked',
  created_at DATETIME(6) NOT NULL COMMENT 'when it asked',
  seen_version BIGINT NOT NULL COMMENT 'account.version the checks were last run at',
  look_at DATETIME(6) NOT NULL COMMENT 'run them again then even if nothing was changed: time alone can end what stops a customer',
  told_at DATETIME(6) NULL COMMENT 'when all checks passed and the customer was told',
  ended_at DATETIME(6) NULL COMMENT 'when it ended untold, as the association was over',
  open_account BIGINT GENERATED ALWAYS AS (IF(told_at IS NULL AND ended_at IS NULL, account_id, NULL)) STORED COMMENT 'for the unique key',
  PRIMARY KEY (id),
  UNIQUE KEY check_watch_open (open_account) COMMENT 'one open watch an account',
  KEY check_watch_account (account_id),
  CONSTRAINT check_watch_account FOREIGN KEY (account_id) REFERENCES account (id),
  CONSTRAINT check_watch_association FOREIGN KEY (association_id) REFERENCES association (id),
  CONSTRAINT check_watch_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT check_watch_once CHECK (told_at IS NULL OR ended_at IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='customers who asked to be told when all account checks pass';
