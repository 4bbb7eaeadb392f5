<?php
declare(strict_types=1);
// What both pages need: one connection a process, the visitor, the frame.

const NAVIGATION = ['/my-partner' => 'My Partner', '/account' => 'Account', '/resources' => 'Resources', '/operation-log' => 'Operation log',
    '/notifications' => 'Notifications', '/team' => 'Team', '/contacts' => 'Contact details', '/preferences' => 'Preferences',
    '/security' => 'Security', '/help' => 'Help'];

function db(): PDO
{
    return new PDO('mysql:unix_socket=' . getenv('DB_SOCKET') . ';dbname=mypartner;charset=utf8mb4', getenv('DB_USER'), getenv('DB_PASSWORD'), [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    ]);
}

function rows(PDO $db, string $sql, array $values): array
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement->fetchAll();
}

function row(PDO $db, string $sql, array $values): ?array
{
    return rows($db, $sql, $values)[0] ?? null;
}

function h(?string $text): string
{
    return htmlspecialchars($text ?? '', ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function day(string $at): string
{
    return (new DateTimeImmutable($at, new DateTimeZone('UTC')))->format('j M Y');
}

function moment(string $at): string
{
    return (new DateTimeImmutable($at, new DateTimeZone('UTC')))->format('j M Y, H:i');
}

function visitor(PDO $db): array
{
    $token = '';
    foreach ($_COOKIE as $name => $value) {
        if (str_ends_with($name, '-session')) {
            $token = $value;
        }
    }
    $user = row($db, 'SELECT s.id AS session_id, s.seen_at, s.expires_at, s.idle_s, u.id AS user_id, u.name, u.role, u.theme, a.id AS account_id,
            a.name AS account_name, a.no
        FROM session s JOIN user u ON u.id = s.user_id AND u.status = \'ACTIVE\' JOIN account a ON a.id = u.account_id AND a.status = \'OPEN\'
        WHERE s.token_hash = ? AND s.ended_at IS NULL', [hash('sha256', $token, true)]);
    if ($user === null || strtotime($user['expires_at'] . ' UTC') < time()) {
        header('Location: /sign-in', true, 303);
        exit;
    }
    $user['unread'] = (int)row($db, 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM notification n LEFT JOIN notification_read r
        ON r.notification_id = n.id AND r.user_id = ? WHERE n.account_id = ? AND r.user_id IS NULL LIMIT 100) u',
        [$user['user_id'], $user['account_id']])['n'];
    $user['csrf'] = rtrim(strtr(base64_encode(hash_hmac('sha256', $token, 'bench-csrf', true)), '+/', '-_'), '=');
    $nonce = base64_encode(random_bytes(16)) . '.' . time();
    $user['once'] = $nonce . '.' . base64_encode(hash_hmac('sha256', $token . $nonce, 'bench-once', true));
    return $user;
}

function frame(string $title, string $path, array $user, string $main): void
{
    header('Content-Type: text/html; charset=utf-8');
    header('Cache-Control: no-store');
    header("Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    header('X-Content-Type-Options: nosniff');
    header('Referrer-Policy: same-origin');
    ob_start();
    require __DIR__ . '/frame.php';
    header('Content-Length: ' . ob_get_length());
    ob_end_flush();
}
