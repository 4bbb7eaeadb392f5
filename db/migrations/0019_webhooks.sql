-- What the platform's own systems are told: an outbox beside the operation log.

CREATE TABLE webhook_event (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  chain_id BIGINT NOT NULL COMMENT 'chain of the operation log whose row it tells of: association, or 0 for the platform',
  seq BIGINT NOT NULL COMMENT 'place of that row in its chain: what happened later has a larger one',
  resource_id BIGINT NULL COMMENT 'resource it is about',
  state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'QUEUED' COMMENT 'QUEUED, SENDING, SENT or DEAD',
  tries INT NOT NULL DEFAULT 0 COMMENT 'attempts so far',
  next_at DATETIME(6) NOT NULL COMMENT 'not before',
  lease_until DATETIME(6) NULL COMMENT 'SENDING: a worker has it until then',
  claimed_by VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'SENDING: which worker',
  created_at DATETIME(6) NOT NULL COMMENT 'when it happened',
  done_at DATETIME(6) NULL COMMENT 'when it was accepted or given up',
  detail VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'last answer of the endpoint',
  PRIMARY KEY (id),
  UNIQUE KEY webhook_event_row (chain_id, seq) COMMENT 'a row is told once',
  KEY webhook_event_due (state, next_at, id),
  KEY webhook_event_lease (state, lease_until),
  KEY webhook_event_created (created_at),
  CONSTRAINT webhook_event_state CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'DEAD')),
  CONSTRAINT webhook_event_done CHECK ((state IN ('SENT', 'DEAD')) = (done_at IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='events for the webhook: written with the row of the log that they tell of, sent by the worker';
