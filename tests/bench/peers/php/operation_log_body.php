<p>Association and disassociation operations on your account.</p>
<section class="card no-print" aria-labelledby="filter">
<header><h2 id="filter">Filter</h2></header>
<form method="get" action="/operation-log">
<div class="tools">
<div class="field"><label for="operation">Operation</label><select id="operation" name="operation"><option value="">All operations</option><?php foreach (OPERATIONS as $code => $text): ?><option value="<?= h($code) ?>"><?= h($text) ?></option><?php endforeach ?></select></div>
<div class="field"><label for="from">From</label><input type="date" id="from" name="from" value=""></div>
<div class="field"><label for="to">To</label><input type="date" id="to" name="to" value=""></div>
<div class="acts"><button class="btn" type="submit">Apply</button></div>
</div>
</form>
</section>
<section class="card" aria-labelledby="range">
<header><h2 id="range"><?= count($rows) ?> operations</h2></header>
<div class="tbl">
<table class="fold">
<caption class="vh">Operation log</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Operation</th><th scope="col">Started by</th><th scope="col">Result</th><th scope="col">Details</th></tr></thead>
<tbody>
<?php foreach ($rows as $row): ?>
<tr><td data-l="Time"><time datetime="<?= h(str_replace(' ', 'T', substr($row['at'], 0, 19))) ?>Z"><?= moment($row['at']) ?></time></td><td data-l="Operation"><?= h(OPERATIONS[$row['operation']] ?? $row['operation']) ?></td><td data-l="Started by"><span><bdi><?= h($row['user_name']) ?></bdi></span></td><td data-l="Result"><span class="badge <?= $row['result'] === 'FAILED' || $row['result'] === 'REJECTED' ? 'bad' : 'ok' ?>"><?= h(ucfirst(strtolower($row['result']))) ?></span></td><td data-l="Details"><span><?php if ($row['request_no'] !== ''): ?><a class="code" href="/disassociate/submitted/<?= h($row['request_no']) ?>"><?= h($row['request_no']) ?></a><?php endif ?><?php if ($row['remark'] !== ''): ?> <bdi><?= h($row['remark']) ?></bdi><?php endif ?></span></td></tr>
<?php endforeach ?>
</tbody>
</table>
</div>
<?php if ($has_more): $last = end($rows); ?>
<nav class="pager" aria-label="Pages"><a class="btn sm" href="/operation-log?before=<?= h(rawurlencode($last['at'] . '_' . $last['id'])) ?>">Older</a></nav>
<?php endif ?>
</section>
