// The platform: what nobody answered goes to its operators, who complete it, reject it, and lift freezes. And what silence does.
import assert from 'node:assert/strict';
import { story } from './lib/story.mjs';

const DAY = 24 * 60 * 60;

async function platform(scene, name) {
  const person = await scene.signedIn(name);
  await person.proveSecondFactor();
  return person;
}

// What the job worker does takes a moment: looked at again until it is there.
async function waitFor(person, path, ...words) {
  for (;;) {
    await person.visit(path);
    const text = await person.text();
    if (words.every((word) => text.includes(word))) return;
    if (person.server.child.exitCode !== null) throw new Error(`the server ended:\n${person.server.log}`);
    await person.page.waitForTimeout(200);
  }
}

async function openRow(person, name) {
  await person.page.getByRole('row').filter({ hasText: name }).getByRole('link', { name: /^DR/ }).click();
}

async function decide(person, decision, note) {
  await person.page.getByLabel(decision).check();
  await person.type('Note to both sides', note);
  await person.press('Save decision');
}

story({
  'ops completes what the partner left unanswered': async (scene) => {
    const ops = await platform(scene, 'ops');
    ops.isAt('/escalations');
    await ops.sees('Escalated requests', 'Northwind Cloud Reseller', 'Icy Cloud');
    await openRow(ops, 'Northwind Cloud Reseller');
    await ops.sees('Nobody answers our tickets.', 'Passed to the platform', 'Waiting for the platform', 'All 6 checks passed');
    await ops.page.getByLabel(/^Agree/).check();
    await ops.press('Save decision');
    await ops.sees('Enter a note to both sides');
    assert.match(await ops.title(), /^Error: /);
    const before = await scene.srv.messageNames();
    await decide(ops, /^Agree/, 'We called both sides. The customer may go.');
    await ops.sees('You agreed to the request', 'We called both sides.', 'agreed to the request');
    await ops.page.reload();
    await ops.sees('We called both sides.');
    await ops.seesNot('Save decision');
    const mail = await scene.srv.message('escalated@demo.test', before, /\.eml$/);
    assert.match(mail.subject, /The platform agreed/);
    assert.match(mail.text, /We called both sides\. The customer may go\./);
    const customer = await scene.signedIn('escalated');
    await customer.sees('You are no longer associated with Northwind Cloud Reseller');
    await ops.visit('/escalations');
    await ops.seesNot('Northwind Cloud Reseller');
  },

  'ops rejects a request, and its customer reads why': async (scene) => {
    const ops = await platform(scene, 'ops');
    await openRow(ops, 'Icy Cloud');
    await ops.sees('Invoices of the platform are unpaid.', 'Lift freeze');
    await decide(ops, /^Reject/, 'Your partner can answer again soon.');
    await ops.sees('You rejected the request', 'The association goes on.');
    const customer = await scene.signedIn('icyone');
    await customer.sees('The platform rejected your request', 'Your partner can answer again soon.');
    await ops.visit('/escalations');
    await ops.sees('No request waits for the platform');
  },

  'ops lifts the freezes of a partner and of a budget': async (scene) => {
    const ops = await platform(scene, 'ops');
    await ops.follow('Freezes', ops.page.locator('#side'));
    await ops.sees('Icy Cloud', 'By the platform', 'By its budget, which is used up');
    const before = await scene.srv.messageNames();
    await ops.page.getByRole('row').filter({ hasText: 'Icy Cloud' }).getByRole('link', { name: /^Lift/ }).click();
    await ops.press('Lift freeze');
    await ops.sees('Enter a reason');
    await ops.type('Reason for lifting it', 'The invoices are paid.');
    await ops.press('Lift freeze');
    await ops.sees('The freeze is lifted');
    await ops.seesNot('Icy Cloud');
    assert.match((await scene.srv.message('icy@demo.test', before)).text, /The invoices are paid\./);

    await ops.page.getByRole('row').filter({ hasText: 'budget' }).getByRole('link', { name: /^Lift/ }).click();
    await ops.type('Reason for lifting it', 'The budget was raised.');
    await ops.press('Lift freeze');
    await ops.sees('The freeze is lifted', 'Nothing is frozen that the platform could lift');
    const budget = await scene.signedIn('budget');
    await budget.seesNot('Your account is frozen');
    await budget.follow('Disassociate');
    await budget.sees('All 6 checks passed');
  },

  'auditor reads and changes nothing': async (scene) => {
    const auditor = await platform(scene, 'auditor');
    auditor.isAt('/audit-log');
    await auditor.sees('Disassociation request agreed to by the platform', 'Disassociation request rejected by the platform');
    await auditor.follow('Escalated requests', auditor.page.locator('#side'));
    await auditor.sees('No request waits for the platform');
    const answer = await auditor.visit('/freezes/new');
    assert.equal(answer.status(), 403);
    await auditor.sees('You don’t have access to this page');
  },

  'a partner that is frozen has its requests passed on at once': async (scene) => {
    const ops = await platform(scene, 'ops');
    await ops.visit('/freezes/new');
    await ops.type('Account number', 'P-000000');
    await ops.page.getByLabel('Account only').check();
    await ops.type('Reason', 'Invoices of the platform are unpaid.');
    await ops.press('Freeze');
    await ops.sees('No customer or partner has this account number');
    const customer = await scene.signedIn('carefulone');
    const no = /P-\d{6}/.exec(await customer.text())[0];
    await ops.type('Account number', no);
    await ops.press('Freeze');
    await ops.sees('The account is frozen', 'Careful Cloud');
    await waitFor(customer, '/my-partner', 'The platform now looks at your request', 'Passed to the platform');
    await ops.visit('/escalations');
    await ops.sees('Careful Cloud');
  },

  'ten days of silence: a customer’s request goes to the platform, a partner’s expires': async (scene) => {
    await scene.srv.moveClock(8.5 * DAY);   // waiting was sent a day before the data was loaded
    await waitFor(await scene.signedIn('partner'), '/notifications', 'Waiting Rooms is waiting for your answer');
    await scene.srv.moveClock(1.5 * DAY);
    const waiting = await scene.signedIn('waiting');
    await waitFor(waiting, '/my-partner', 'The platform now looks at your request', 'Passed to the platform');
    await waiting.sees('After that the request expires and you stay associated.', 'Withdraw request');
    const asked = await scene.signedIn('asked');
    await waitFor(asked, '/my-partner', 'No open request');
    await asked.seesNot('Your partner wants to end the association');
    await asked.visit('/notifications');
    await asked.sees('Your partner’s request has expired');
    const partner = await scene.signedIn('partner');
    await partner.visit('/requests?tab=closed');
    await partner.sees('Expired');

    const ops = await platform(scene, 'ops');
    await ops.sees('Waiting Rooms');
  },

  'a second deadline ends it, and the request no longer counts': async (scene) => {
    await scene.srv.moveClock(10 * DAY + 60);
    const waiting = await scene.signedIn('waiting');
    await waitFor(waiting, '/my-partner', 'Your request has expired', 'No open request', '0 of 3 requests used');
    await waiting.press('Mark as read');
    await waiting.seesNot('Your request has expired');
    const ops = await platform(scene, 'ops');
    await ops.sees('No request waits for the platform');
  },
});
