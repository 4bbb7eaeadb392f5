-- How far each file of checkpoints goes: the database vouches for the file as the file does for the database. Whoever cuts off
-- the end of one has to change the other too.

CREATE TABLE checkpoint_end (
  place VARCHAR(250) NOT NULL COMMENT 'host and path of the file',
  digest BINARY(32) NOT NULL COMMENT 'SHA-256 of the last line that was published there',
  at DATETIME(6) NOT NULL COMMENT 'when',
  PRIMARY KEY (place)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='the last line of each file of checkpoints';
