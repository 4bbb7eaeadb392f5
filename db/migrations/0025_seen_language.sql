-- Whoever leaves the language to the browser has none where no browser is: messages to them are in the one they last signed in with.

ALTER TABLE user
  ADD COLUMN seen_lang VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
    COMMENT 'language tag of the page they last signed in on, for messages while lang is empty; empty: not known' AFTER lang;
