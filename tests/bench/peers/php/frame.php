<!DOCTYPE html>
<html lang="en"<?php if ($user['theme'] !== ''): ?> class="theme-<?= h($user['theme']) ?>"<?php endif ?>>
<head>
<meta charset="utf-8">
<title><?= h($title) ?> – mypartner</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="See your reseller partner and manage the association of your cloud account.">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/console.css">
</head>
<body>
<a class="skip" href="#main">Skip to main content</a>
<header class="bar">
<button class="menu-btn" type="button" popovertarget="side"><svg class="ic" aria-hidden="true"><use href="/static/icons.svg#menu"/></svg>Menu</button>
<a class="brand" href="/"><svg class="ic" aria-hidden="true"><use href="/static/icons.svg#logo"/></svg>mypartner</a>
<div class="bar-end">
<a href="/notifications"><svg class="ic" aria-hidden="true"><use href="/static/icons.svg#bell"/></svg><span class="long">Notifications</span><?php if ($user['unread'] > 0): ?> <span class="count"><?= $user['unread'] ?><span class="vh"> unread</span></span><?php endif ?></a>
<a href="<?= h($path) ?>?lang=zh-Hans" lang="zh-Hans" hreflang="zh-Hans">中文</a>
<span class="who" dir="auto"><?= h($user['name']) ?>, <?= h($user['account_name']) ?></span>
<form method="post" action="/sign-out" novalidate><input type="hidden" name="csrf" value="<?= h($user['csrf']) ?>"><input type="hidden" name="once" value="<?= h($user['once']) ?>"><button type="submit">Sign out</button></form>
</div>
</header>
<div class="shell">
<nav class="side" id="side" popover aria-label="Main menu">
<button class="btn sm menu-btn" type="button" popovertarget="side" popovertargetaction="hide">Close menu</button>
<p class="who" dir="auto"><?= h($user['name']) ?>, <?= h($user['account_name']) ?></p>
<ul>
<?php foreach (NAVIGATION as $href => $text): ?>
<li><a href="<?= h($href) ?>"<?php if ($href === $path): ?> aria-current="page"<?php endif ?>><?= h($text) ?></a></li>
<?php endforeach ?>
</ul>
</nav>
<main id="main" tabindex="-1" class="stack">
<h1><?= h($title) ?></h1>
<?= $main ?>
</main>
</div>
<footer class="foot">
<p>Times are shown in UTC.</p>
<p><a href="/help">Help</a> <a href="/accessibility">Accessibility</a></p>
</footer>
</body>
</html>
