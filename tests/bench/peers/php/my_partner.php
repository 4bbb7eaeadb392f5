<?php
declare(strict_types=1);
require __DIR__ . '/lib.php';

$db = db();
$user = visitor($db);
$account = $user['account_id'];
$association = row($db, 'SELECT a.id, a.partner_id, a.model, a.associated_at, p.name, p.no, p.public_email, p.public_phone,
        EXISTS (SELECT 1 FROM freeze f WHERE f.open_account = p.id) AS partner_is_frozen
    FROM association a JOIN account p ON p.id = a.partner_id WHERE a.active_customer = ?', [$account]);
$open = $result = $quota = null;
$freeze = row($db, 'SELECT type, source, reason, at FROM freeze WHERE open_account = ?', [$account]);
if ($association !== null) {
    $open = row($db, 'SELECT no, initiator, state, submitted_at, deadline_at, escalated_at FROM disassociation_request
        WHERE open_association = ?', [$association['id']]);
    if ($open === null) {
        $result = row($db, "SELECT no, state, decided_at, decision_text, result_seen_at FROM disassociation_request
            WHERE association_id = ? AND initiator = 'CUSTOMER' AND state <> 'PENDING' ORDER BY submitted_at DESC, id DESC LIMIT 1",
            [$association['id']]);
    }
    $rule = row($db, "SELECT r.limit_n, r.months, r.severity FROM rule_set s JOIN rule r ON r.rule_set_id = s.id
        WHERE s.active_key = 1 AND r.code = 'Q'", []);
    $extra = row($db, "SELECT COALESCE(SUM(extra), 0) AS n FROM quota_grant WHERE customer_id = ? AND side = 'CUSTOMER' AND partner_id = 0
        AND granted_at <= UTC_TIMESTAMP(6) AND until_at > UTC_TIMESTAMP(6)", [$account]);
    $slots = rows($db, "SELECT submitted_at, frees_at FROM quota_slot WHERE side = 'CUSTOMER' AND customer_id = ? AND partner_id = 0
        AND frees_at > UTC_TIMESTAMP(6) ORDER BY frees_at DESC", [$account]);
    $quota = ['limit' => $rule['limit_n'] + (int)$extra['n'], 'used' => count($slots), 'months' => $rule['months']];
}
$draft = $association === null ? null : row($db, "SELECT id, updated_at, checked_at FROM wizard WHERE account_id = ? AND purpose = 'SUBMIT'
    AND target_id = ? AND open_key = 1", [$account, $association['id']]);
$contacts = rows($db, 'SELECT channel, address, verified_at FROM contact WHERE account_id = ?', [$account]);

ob_start();
require __DIR__ . '/my_partner_body.php';
frame('My Partner', '/my-partner', $user, ob_get_clean());
