-- Facts from the platform's own billing system: each imported row keeps the name it has there, so that a file can come again.

ALTER TABLE commitment
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY commitment_import (import_key);
ALTER TABLE contract
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY contract_import (import_key);
ALTER TABLE enterprise_link
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY enterprise_link_import (import_key);
ALTER TABLE resource
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY resource_import (import_key);
ALTER TABLE freeze
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY freeze_import (import_key);
ALTER TABLE partner_order
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY partner_order_import (import_key);
ALTER TABLE payment_method
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system it was imported from, "source:id"; NULL: made here',
  ADD UNIQUE KEY payment_method_import (import_key);

ALTER TABLE charge
  ADD COLUMN import_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'its name in the system that charged, "source:id"; NULL: made here',
  ADD UNIQUE KEY charge_import (import_key);

-- What the columns hold for which kind of line is told by the table in lib/domain/import_line.c.
CREATE TABLE import_line (
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'account, user, association, ...',
  id VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'account: its number; user: login; association and balance: customer''s number; others "source:id"',
  line BIGINT NOT NULL COMMENT 'number of the line in the file, from 1',
  again_line BIGINT NULL COMMENT 'another line with this kind and id; NULL: none',
  account VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'number of the account it is about',
  other VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'partner''s or member''s number; payment: "source:id" of the resource; payment method: last four digits; resource: site',
  type VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'word that tells what it is',
  status VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'word that tells how it stands; freeze: source',
  name VARCHAR(256) COLLATE utf8mb4_bin NULL COMMENT 'name, number or reason',
  note VARCHAR(500) COLLATE utf8mb4_bin NULL COMMENT 'note or lift reason; account: email address',
  reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'provider reference; account: phone number',
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'ISO 4217',
  at DATETIME(6) NULL COMMENT 'its beginning, or when it happened',
  until_at DATETIME(6) NULL COMMENT 'its end',
  next_at DATETIME(6) NULL COMMENT 'payment: when the next charge is due',
  amount BIGINT NULL COMMENT 'in hundredths of the currency',
  months BIGINT NULL COMMENT 'resource: calendar months that one payment is for',
  PRIMARY KEY (kind, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the file that is being imported, line by line; empty otherwise';

CREATE TABLE import_touched (
  account_id BIGINT NOT NULL COMMENT 'account that the import changes something about',
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what kind of line',
  n BIGINT NOT NULL COMMENT 'how many of them change something',
  PRIMARY KEY (account_id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='what the import that is running changes; empty otherwise';
