<?php
declare(strict_types=1);
require __DIR__ . '/lib.php';

const OPERATIONS = ['ASSOCIATED' => 'Associated', 'CHECK_RUN' => 'Checked the account', 'FROZEN' => 'Froze the account', 'UNFROZEN' => 'Unfroze the account',
    'STATEMENT_ACCEPTED' => 'Accepted the statement', 'CODE_SENT' => 'Sent a code', 'CODE_FAILED' => 'Entered a wrong code',
    'CODE_PROVEN' => 'Verified by code', 'REQUEST_SUBMITTED' => 'Sent a request', 'REQUEST_REJECTED' => 'Rejected a request',
    'REQUEST_WITHDRAWN' => 'Withdrew a request', 'REQUEST_ESCALATED' => 'Request escalated', 'REQUEST_EXPIRED' => 'Request expired',
    'REQUEST_DISMISSED' => 'Request dismissed', 'REQUEST_AGREED' => 'Agreed to a request', 'DISASSOCIATED' => 'Disassociated'];
define("PER_PAGE", (int)getenv("PER_PAGE"));

$db = db();
$user = visitor($db);
$before = isset($_GET['before']) ? explode('_', $_GET['before'], 2) : ['9999-12-31 23:59:59', (string)PHP_INT_MAX];
$rows = rows($db, 'SELECT l.id, l.at, l.operation, l.initiated_by, l.user_name, l.request_no, l.result, l.remark
    FROM operation_log l
    WHERE l.customer_id = ? AND l.is_shown = 1 AND l.at <= ? AND (l.at < ? OR l.id < ?)
    ORDER BY l.at DESC, l.id DESC LIMIT ' . (PER_PAGE + 1), [$user['account_id'], $before[0], $before[0], $before[1]]);
$has_more = count($rows) > PER_PAGE;
$rows = array_slice($rows, 0, PER_PAGE);

ob_start();
require __DIR__ . '/operation_log_body.php';
frame('Operation log', '/operation-log', $user, ob_get_clean());
