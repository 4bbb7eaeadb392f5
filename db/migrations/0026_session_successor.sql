-- Who proves to be itself goes on in a new session; the old one is worth little for a moment longer, and ends with the new one.

ALTER TABLE session
  ADD COLUMN successor_id BIGINT NULL COMMENT 'session that goes on in its place since its user proved to be itself; NULL: none',
  ADD KEY session_successor (successor_id),
  ADD CONSTRAINT session_successor FOREIGN KEY (successor_id) REFERENCES session (id) ON DELETE SET NULL;
