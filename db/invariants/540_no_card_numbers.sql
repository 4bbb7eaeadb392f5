-- Of a payment method there are four digits and a reference, and of those that are there one at most is the default.
SELECT CONCAT('payment method ', id, ' holds ', last_four, ' and ', provider_reference) AS violation
FROM payment_method
WHERE last_four NOT REGEXP '^[0-9]{4}$' OR provider_reference REGEXP '[0-9]{13}' OR (is_default = 1 AND removed_at IS NOT NULL)
LIMIT 20;
