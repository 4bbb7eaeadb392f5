-- What stands in the way of messages and events shows: a gateway that refuses us, one that reports a failure, events that ops sends
-- again; and which resources an import moved.

ALTER TABLE delivery
  ADD COLUMN is_denied TINYINT NOT NULL DEFAULT 0 COMMENT '1: the next hop refused us (sign-in, settings) and not the message: it is tried again, and who waits for a code is told',
  ADD KEY delivery_denied (is_denied, state, channel);
UPDATE delivery SET state = 'DEAD', detail = 'the gateway reported that it did not arrive' WHERE state = 'SENT' AND receipt = 'FAILED';

ALTER TABLE webhook_event
  ADD COLUMN retried_at DATETIME(6) NULL COMMENT 'when ops sent it again: its time to be accepted is counted from then',
  ADD KEY webhook_event_done (state, done_at, id);

CREATE TABLE import_moved (
  resource_id BIGINT NOT NULL COMMENT 'resource whose state the import changes',
  from_state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'its state before',
  due_at DATETIME(6) NOT NULL COMMENT 'charge that was due in it',
  PRIMARY KEY (resource_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='for the length of an import: its resources that go from one state to another';
