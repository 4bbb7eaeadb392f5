-- What is told about a decision is there when there was one, and only then.
SELECT CONCAT('request ', no, ' is ', state, ', decided at ', COALESCE(decided_at, '-'), ' by ', COALESCE(decided_by_side, '-'))
  AS violation
FROM disassociation_request
WHERE (state = 'PENDING') <> (decided_at IS NULL)
  OR (decided_at IS NULL) <> (decided_by_side IS NULL)
  OR (decided_at IS NULL AND (decided_by IS NOT NULL OR decision_code_id IS NOT NULL OR result_seen_at IS NOT NULL))
  OR (decided_by_side = 'SYSTEM') <> (decided_at IS NOT NULL AND decided_by IS NULL)
  OR decided_at < submitted_at OR result_seen_at < decided_at OR escalated_at < submitted_at OR decided_at < escalated_at
LIMIT 20;
