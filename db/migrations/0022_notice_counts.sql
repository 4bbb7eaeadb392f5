-- How many notices a customer has not read is on each of its pages: a count of what there is less a count of what was read, where it was
-- a count over both tables. Not kept for partners and the platform: all their customers' transactions would write one row.

ALTER TABLE account
  ADD COLUMN notices BIGINT NOT NULL DEFAULT 0 COMMENT 'customers: how many rows of notification are its own; others: 0',
  ADD CONSTRAINT account_notices CHECK (notices >= 0 AND (kind = 'CUSTOMER' OR notices = 0));
ALTER TABLE user
  ADD COLUMN notices_read BIGINT NOT NULL DEFAULT 0 COMMENT 'how many rows of notification_read are this person''s';

UPDATE account a
   SET a.notices = (SELECT COUNT(*) FROM notification n WHERE n.account_id = a.id)
 WHERE a.kind = 'CUSTOMER';
UPDATE user u
   SET u.notices_read = (SELECT COUNT(*) FROM notification_read r WHERE r.user_id = u.id);
