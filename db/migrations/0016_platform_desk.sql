-- The platform's desk: second factors that are sealed, grants that can be revoked, and the lists by which its people find things.

ALTER TABLE user
  MODIFY COLUMN totp_secret VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'second factor at sign-in, sealed with a key of the site ("v1." and base64url), or base32 from before it was; NULL: none',
  MODIFY COLUMN totp_pending VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'second factor being set up, kept like totp_secret: not asked for at sign-in until a code made from it was entered';

ALTER TABLE quota_grant
  ADD COLUMN revoked_at DATETIME(6) NULL COMMENT 'when it was taken back; NULL: it was not',
  ADD COLUMN revoked_by BIGINT NULL COMMENT 'operator who took it back',
  ADD COLUMN revoke_note VARCHAR(500) NOT NULL DEFAULT '' COMMENT 'why it was taken back',
  ADD KEY quota_grant_at (granted_at, id),
  ADD CONSTRAINT quota_grant_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  ADD CONSTRAINT quota_grant_end CHECK (until_at > granted_at);

ALTER TABLE account
  ADD KEY account_name_any (name),
  ADD KEY account_created (created_at, id);

ALTER TABLE delivery
  ADD KEY delivery_done_at (state, done_at, id),
  ADD KEY delivery_created (created_at);

ALTER TABLE disassociation_request
  ADD KEY request_submitted (submitted_at),
  ADD KEY request_decided (decided_at);

ALTER TABLE wizard
  ADD KEY wizard_checked (checked_at);
