-- What somebody had typed when their session ran out, until they come back.

CREATE TABLE kept_form (
  user_id BIGINT NOT NULL COMMENT 'who typed it, and the only one who sees it again',
  path VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'page that the form stands on',
  fields TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'texts and choices as a form sends them (urlencoded); no passwords, codes or ticks; empty once the form was sent',
  kept_at DATETIME(6) NOT NULL COMMENT 'when; kept a day',
  PRIMARY KEY (user_id, path),
  KEY kept_form_at (kept_at),
  CONSTRAINT kept_form_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='texts typed into forms of a session that had run out';
