-- Messages that somebody waits for have a queue of their own; what is sent is budgeted; gateways report what became of it.

ALTER TABLE delivery
  ADD COLUMN is_urgent TINYINT NOT NULL DEFAULT 0 COMMENT '1: somebody waits for it (a code or a link), so it is sent before any notice',
  ADD COLUMN receipt VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'what the gateway reported after it had taken it: BUFFERED, DELIVERED or FAILED; empty: nothing yet',
  ADD COLUMN receipt_at DATETIME(6) NULL COMMENT 'when that was reported',
  DROP KEY delivery_due,
  ADD KEY delivery_queue (state, channel, is_urgent, next_at, id) COMMENT 'what a worker takes next',
  ADD KEY delivery_lease (state, lease_until) COMMENT 'what a worker took and never finished',
  ADD CONSTRAINT delivery_receipt CHECK (receipt IN ('', 'BUFFERED', 'DELIVERED', 'FAILED'));
UPDATE delivery SET is_urgent = 1 WHERE kind IN ('CODE', 'PASSWORD_RESET', 'TEAM_INVITATION', 'INVITATION');

CREATE TABLE message_budget (
  scope VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'TOTAL, PREFIX, ACCOUNT or ADDRESS',
  subject VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'TOTAL: the channel; PREFIX: the number''s beginning; ACCOUNT: its id; ADDRESS: the address',
  since DATETIME(6) NOT NULL COMMENT 'when the hour that is counted began',
  used BIGINT NOT NULL COMMENT 'messages in that hour',
  allowed BIGINT NOT NULL COMMENT 'how many it could have been when the last one was counted',
  told_since DATETIME(6) NULL COMMENT 'the hour for which ops was told that it was used up',
  PRIMARY KEY (scope, subject),
  KEY message_budget_since (since),
  CONSTRAINT message_budget_scope CHECK (scope IN ('TOTAL', 'PREFIX', 'ACCOUNT', 'ADDRESS'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='messages counted by the hour, by conditional updates';

CREATE TABLE sms_prefix (
  prefix VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'beginning of a number, such as +65; the longest one that fits counts',
  per_hour BIGINT NOT NULL COMMENT 'codes in an hour to all numbers that begin so; 0: none is sent there',
  note VARCHAR(120) NOT NULL DEFAULT '' COMMENT 'why',
  PRIMARY KEY (prefix),
  CONSTRAINT sms_prefix_form CHECK (prefix REGEXP '^[+][0-9]{1,15}$'),
  CONSTRAINT sms_prefix_per_hour CHECK (per_hour >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='destinations with a budget of their own, kept by the operator';
