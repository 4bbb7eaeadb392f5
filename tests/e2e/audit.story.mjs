// The people who review the log: they find, page, look closer, export and check what they got; both sides print their receipt.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { story } from './lib/story.mjs';

async function platform(scene, name) {
  const person = await scene.signedIn(name);
  await person.proveSecondFactor();
  return person;
}

// The worker looks every second: the page is asked again until it says so.
async function until(person, path, words) {
  for (;;) {
    await person.visit(path);
    const text = await person.text();
    if (text.includes(words) && !text.includes('Not ready yet')) return;
    if (person.server.child.exitCode !== null) throw new Error(`the server ended:\n${person.server.log}`);
    await person.page.waitForTimeout(200);
  }
}

// Rows of a CSV as the program writes it.
function parseCsv(text) {
  const rows = [[]];
  let cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === ',') { rows.at(-1).push(cell); cell = ''; }
    else if (!quoted && c === '\r') { rows.at(-1).push(cell); cell = ''; rows.push([]); i++; }
    else cell += c;
  }
  rows.pop();
  return rows;
}

story({
  'an auditor finds, pages, and looks at one row': async (scene) => {
    const auditor = await platform(scene, 'auditor');
    auditor.isAt('/audit-log');
    await auditor.sees('All operations, newest first');
    await auditor.follow('Older');
    await auditor.follow('Newer');
    await auditor.page.getByLabel('Operation', { exact: true }).selectOption({ label: 'Account frozen' });
    await auditor.page.getByLabel('Started by', { exact: true }).selectOption({ label: 'Partner' });
    await auditor.press('Apply');
    await auditor.sees('This may be slow', 'Account frozen, newest first');
    assert.match(auditor.path(), /operation=FROZEN&side=PARTNER/);   // can be bookmarked
    await auditor.page.getByRole('table').getByRole('link').first().click();
    await auditor.sees('What was done', 'Paula Partner', 'The row matches its hash and follows the row before it');
    await auditor.visit('/audit-log?about=C-999999');
    await auditor.sees('Nothing matches these filters');
    await auditor.follow('Clear filters');
    await auditor.type('From', '2026-11-22');
    await auditor.type('To', '2026-11-21');
    await auditor.press('Apply');
    await auditor.sees('‘From’ must be on or before ‘To’');
  },

  'a request number leads to its whole timeline': async (scene) => {
    const auditor = await platform(scene, 'auditor');
    await auditor.visit('/audit-log?operation=REQUEST_REJECTED');
    const no = /DR\d{8}-\d{6}/.exec(await auditor.text())[0];
    await auditor.page.getByRole('link', { name: no }).first().click();
    assert.match(auditor.path(), new RegExp(`about=${no}`));
    await auditor.page.getByRole('table').getByRole('link').first().click();
    await auditor.sees(`Timeline of request ${no}`, 'Disassociation requested');
  },

  'an export has exactly the rows of the filter, and asking and fetching are in the log': async (scene) => {
    const auditor = await platform(scene, 'auditor');
    await auditor.visit('/audit-log?operation=FROZEN');
    const shown = await auditor.page.getByRole('table').getByRole('row').count() - 1;
    await auditor.press('Export CSV');
    await auditor.sees('The export is being prepared', 'operation FROZEN');
    await until(auditor, '/audit-log/exports', 'Ready');
    const waiting = auditor.page.waitForEvent('download');
    await auditor.press(/^Download/);
    const download = await waiting;
    assert.match(download.suggestedFilename(), /^operation-log-\d{8}-\d+\.csv$/);
    const text = await readFile(await download.path(), 'utf8');
    assert.equal(text.charCodeAt(0), 0xfeff);
    const [head, ...rows] = parseCsv(text.slice(1));
    assert.equal(rows.length, shown);
    for (const row of rows) {
      assert.equal(row.length, head.length);
      assert.equal(row[head.indexOf('operation')], 'FROZEN');
      assert.match(row[head.indexOf('time')], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d$/);
      assert.match(row[head.indexOf('hash')], /^[0-9a-f]{64}$/);
    }
    await auditor.visit('/audit-log');
    await auditor.sees('Operation log exported', 'Export of the operation log downloaded');
  },

  'nobody fetches the export of somebody else, not even by its address': async (scene) => {
    const auditor = await platform(scene, 'auditor');
    await auditor.visit('/audit-log');
    await auditor.press('Export JSON Lines');
    await until(auditor, '/audit-log/exports', 'Ready');
    const waiting = auditor.page.waitForEvent('download');
    await auditor.page.getByRole('button', { name: /^Download JSON Lines/ }).first().click();
    const download = await waiting;
    for (const line of (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')) JSON.parse(line);
    const file = new URL(download.url()).pathname;
    const ops = await platform(scene, 'ops');
    assert.equal((await ops.visit(file)).status(), 404);
    const customer = await scene.signedIn('clean');
    assert.equal((await customer.visit(file)).status(), 403);
    assert.equal((await customer.visit('/audit-log-files/')).status(), 404);
    await scene.srv.moveClock(25 * 3600);   // a day is over: the file is deleted
    const again = await platform(scene, 'auditor');
    await until(again, '/audit-log/exports', 'Deleted');
    assert.equal(await again.page.getByRole('button', { name: /^Download/ }).count(), 0);
  },

  'both sides of a finished request have its receipt': async (scene) => {
    const customer = await scene.signedIn('former');
    await customer.visit('/operation-log');
    await customer.page.getByRole('table').getByRole('link').first().click();
    await customer.follow('Receipt');
    await customer.sees('What the operation log holds', 'Northwind Cloud Reseller', 'Association ended');
    const path = customer.path();
    const partner = await scene.signedIn('partner');
    await partner.visit(path);
    await partner.sees('Receipt for request', 'Hash of its last row');
    const answer = await partner.page.request.get(partner.url(`${path}/json`));
    const receipt = await answer.json();
    assert.equal(receipt.request.state, 'COMPLETED');
    assert.equal(receipt.transitions.at(-1).operation, 'DISASSOCIATED');
    assert.ok(receipt.chain.row >= receipt.transitions.at(-1).row);
    const stranger = await scene.signedIn('clean');
    assert.equal((await stranger.visit(path)).status(), 404);
  },
});
