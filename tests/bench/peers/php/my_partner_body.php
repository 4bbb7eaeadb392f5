<?php if ($open !== null): ?>
<section class="msg info" aria-labelledby="banner"><div><h2 id="banner">A request is open</h2><p><?= h($open['no']) ?></p></div></section>
<?php elseif ($result !== null && $result['result_seen_at'] === null && $result['state'] === 'REJECTED'): ?>
<section class="msg bad" aria-labelledby="banner">
<svg class="ic" aria-hidden="true"><use href="/static/icons.svg#bad"/></svg>
<div><h2 id="banner">Your request was rejected</h2><p><?= h($result['decision_text']) ?></p>
<form method="post" action="/my-partner/seen/<?= h($result['no']) ?>" novalidate>
<input type="hidden" name="csrf" value="<?= h($user['csrf']) ?>"><input type="hidden" name="once" value="<?= h($user['once']) ?>">
<button class="btn" type="submit">Mark as read</button>
</form>
</div></section>
<?php elseif ($freeze !== null): ?>
<section class="msg warn" aria-labelledby="banner"><div><h2 id="banner">Your account is frozen</h2><p><?= h($freeze['reason']) ?></p></div></section>
<?php endif ?>
<?php if ($association !== null): ?>
<div class="cols">
<section class="card" aria-labelledby="partner">
<header><h2 id="partner">Partner information</h2></header>
<dl class="kv body">
<div><dt>Partner name</dt><dd dir="auto"><?= h($association['name']) ?></dd></div>
<div><dt>Partner ID</dt><dd><span class="code"><?= h($association['no']) ?></span></dd></div>
<div><dt>Association model</dt><dd><?= $association['model'] === 'RESELLER' ? 'Reseller – your partner bills you' : 'Referral – the platform bills you' ?></dd></div>
<div><dt>Associated since</dt><dd><?= day($association['associated_at']) ?></dd></div>
<div><dt>Account status</dt><dd><?php if ($freeze === null): ?><span class="badge ok">Active</span><?php else: ?><span class="badge bad">Frozen</span> since <?= day($freeze['at']) ?><?php endif ?></dd></div>
<div><dt>Contact</dt><dd><a href="mailto:<?= h($association['public_email']) ?>"><?= h($association['public_email']) ?></a> <span class="nowrap" dir="ltr"><?= h($association['public_phone']) ?></span></dd></div>
</dl>
</section>
<section class="card" aria-labelledby="status">
<header><h2 id="status">Status</h2><span class="badge"><?= $open === null ? 'No open request' : 'Waiting' ?></span></header>
<div class="body stack">
<ol class="tl">
<li class="done"><strong>Associated with <?= h($association['name']) ?></strong><br><span class="muted small"><?= day($association['associated_at']) ?></span></li>
<?php if ($result !== null && $result['result_seen_at'] === null): ?>
<li class="bad"><strong>Request <?= h(strtolower($result['state'])) ?></strong><br><span class="muted small"><?= moment($result['decided_at']) ?></span></li>
<?php endif ?>
<li class="now"><strong><?= $open === null ? 'No open request' : 'Waiting for an answer' ?></strong></li>
</ol>
<div><p class="small" id="quota">You have used <?= $quota['used'] ?> of <?= $quota['limit'] ?> requests in the last <?= $quota['months'] ?> months.</p><p><meter min="0" max="<?= $quota['limit'] ?>" value="<?= $quota['used'] ?>" aria-labelledby="quota"></meter></p></div>
</div>
</section>
</div>
<?php endif ?>
<section class="card" aria-labelledby="more">
<header><h2 id="more">More operations</h2></header>
<div class="body stack">
<div class="acts">
<?php if ($association !== null && $user['role'] === 'owner' && $open === null): ?>
<a class="btn danger" href="/disassociate"><?= $draft !== null ? 'Go on' : 'Disassociate' ?></a>
<?php endif ?>
<a class="btn" href="/operation-log">Operation log</a>
</div>
</div>
</section>
