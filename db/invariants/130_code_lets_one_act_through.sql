-- A verification code lets at most one act through.
SELECT CONCAT('code ', u.code_id, ' let ', COUNT(*), ' acts through') AS violation
FROM (
  SELECT submit_code_id AS code_id FROM disassociation_request WHERE submit_code_id IS NOT NULL
  UNION ALL
  SELECT decision_code_id FROM disassociation_request WHERE decision_code_id IS NOT NULL
) u
GROUP BY u.code_id
HAVING COUNT(*) > 1
LIMIT 20;
