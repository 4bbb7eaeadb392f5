-- Whatever becomes of an association or a request closes the drafts about it. Without this every open draft was read and locked for
-- that: submits of all customers waited for each other.

ALTER TABLE wizard
  ADD KEY wizard_target (target_id, purpose, state);
