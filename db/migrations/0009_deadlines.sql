-- Deadlines: when the next reminder of a request is due, and the lists by which the platform finds what waits for it.

ALTER TABLE disassociation_request
  ADD COLUMN remind_at DATETIME(6) NULL COMMENT 'when whoever must answer is reminded next; NULL: no more' AFTER deadline_at,
  ADD KEY request_remind (state, remind_at),
  ADD KEY request_escalated (state, escalated_at);

UPDATE disassociation_request
SET remind_at = TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, submitted_at, deadline_at) DIV 2, submitted_at)
WHERE state = 'PENDING' AND escalated_at IS NULL;

ALTER TABLE freeze
  ADD KEY freeze_open_since (lifted_at, at);
