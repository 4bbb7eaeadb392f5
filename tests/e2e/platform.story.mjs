// The platform's desk: what its operators change is what customers and partners meet, and an auditor reads it all.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { nameOf } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

async function platform(scene, name, more) {
  const person = await scene.signedIn(name, more);
  await person.proveSecondFactor();
  return person;
}

async function openAccount(person, login) {
  await person.visit(`/accounts?q=${encodeURIComponent(login)}`);
  await person.page.locator('td a[href^="/accounts/C-"]').first().click();
}

async function openUser(person, login) {
  await person.visit(`/users?q=${encodeURIComponent(login)}`);
  await person.follow(login);
}

// RFC 6238 with the key as the page shows it.
function oneTimePassword(base32, at) {
  const bits = [...base32.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1e6).padStart(6, '0');
}

story({
  'an operator makes a check stop, sees whom it would stop, and takes it back': async (scene) => {
    const ops = await platform(scene, 'ops');
    const customer = await scene.signedIn('warned');
    await customer.visit('/disassociate/check');
    await customer.sees('All 6 checks passed');
    await ops.visit('/rule-sets');
    await ops.follow('seed-2025-06-30');
    await ops.page.getByRole('row').filter({ hasText: 'X2' }).getByRole('link', { name: /^Edit/ }).click();
    await ops.tick('Stops: who fails it can’t go on');
    await ops.press('See what it would do');
    await ops.sees('This would stop 1 customer now that is not stopped yet.', 'Warned Weather', 'Counted over all customers');
    await ops.press('Save');
    await ops.sees('Enter a reason');
    await ops.type('Why?', 'Bills come first.');
    await ops.press('Save');
    await ops.sees('The account check was changed', 'Bills come first.', 'Olga Ops');
    await customer.visit('/disassociate/check');
    await customer.sees('1 of 7 checks failed');
    await ops.page.getByRole('row').filter({ hasText: 'X2' }).getByRole('link', { name: /^Edit/ }).click();
    await ops.tick('Good to know: it is shown and stops nobody');
    await ops.press('See what it would do');
    await ops.sees('1 customer that is stopped now would no longer be.');
    await ops.type('Why?', 'Not any more.');
    await ops.press('Save');
    await customer.visit('/disassociate/check');
    await customer.sees('All 6 checks passed');
  },

  'who has used all requests is granted one more': async (scene) => {
    const ops = await platform(scene, 'ops');
    await openAccount(ops, 'quota@demo.test');
    await ops.sees('Used: 3. Allowed, with what was granted: 3.');
    await ops.follow('Grant more requests');
    await ops.type('How many more?', '1');
    const last = new Date(Date.now() + 40 * 86400e3).toISOString().slice(0, 10);
    await ops.page.getByLabel('Last day').fill(last);
    await ops.type('Why is it granted?', 'The partner lost the last one.');
    await ops.press('Grant');
    await ops.sees('More requests granted', 'Used: 3. Allowed, with what was granted: 4.', 'In force');
    const customer = await scene.signedIn('quota');
    await customer.visit('/notifications');
    await customer.sees('You can send more requests', 'The partner lost the last one.');
    await customer.visit('/disassociate/check');
    await customer.sees('All 6 checks passed');
    await customer.seesNot('You have used all 3 requests');
  },

  'a lost second factor is reset by somebody else, and the next sign-in sets up another': async (scene) => {
    const ops = await platform(scene, 'ops');
    const before = await scene.srv.messageNames();
    await openUser(ops, 'auditor@demo.test');
    await ops.page.getByLabel(/^Reset two-step sign-in/).check();
    await ops.type('Why?', 'The phone fell into the lake.');
    await ops.press('Do it');
    await ops.sees('Two-step sign-in was reset');
    const mail = await scene.srv.message('auditor@demo.test', before, /\.eml$/);
    assert.match(mail.text, /The phone fell into the lake\./);
    const auditor = await scene.signedIn('auditor');
    await auditor.sees('Set up two-step sign-in first');
    await auditor.visit('/operation-log');
    auditor.isAt('/security');
    await auditor.press('Set up');
    const key = await auditor.page.locator('#totp-secret').innerText();
    await auditor.type('One-time password', oneTimePassword(key, scene.srv.now() / 1000));
    await auditor.press('Switch on');
    await auditor.sees('Keep them in a safe place');
    await auditor.follow('I have kept them');
    await auditor.visit('/overview');
    await auditor.sees('Overview', 'Requests of the last 30 days');
    await openUser(ops, 'ops@demo.test');
    await ops.sees('This is you.');
  },

  'a closed account takes everything of it along': async (scene) => {
    const ops = await platform(scene, 'ops');
    const owner = await scene.signedIn('clean9');
    await openAccount(ops, 'clean9@demo.test');
    const name = await nameOf(owner);
    await ops.follow('Close account');
    await ops.type('Type the account’s name to confirm', name.toUpperCase());
    await ops.type('Why is it closed?', 'The company is no more.');
    await ops.press('Close account for good');
    await ops.sees('Type the name exactly as it stands above');
    await ops.type('Type the account’s name to confirm', name);
    await ops.press('Close account for good');
    await ops.sees('The account is closed', 'Closed');
    await owner.visit('/my-partner');
    assert.match(owner.path(), /^\/sign-in/);
    await owner.signIn();
    await owner.sees('There is a problem');
    const partner = await scene.signedIn('partner');
    await partner.visit('/notifications');
    await partner.sees(`The account of ${name} was closed`, 'The company is no more.');
  },

  'the overview is drawn without script, in both themes, on a small screen': async (scene) => {
    for (const colorScheme of ['light', 'dark']) {
      const auditor = await platform(scene, 'ops', { colorScheme, viewport: { width: 375, height: 800 } });
      await auditor.visit('/overview');
      await auditor.sees('Requests of the last 30 days', 'Time to answer', 'Requests that wait for the platform');
      assert.ok(await auditor.page.locator('svg.chart rect').count() > 5);
      const [wide, colours, smallest] = await auditor.page.evaluate(() => [
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
        new Set([...document.querySelectorAll('svg.chart rect')].map((r) => getComputedStyle(r).fill)).size,
        Math.min(...[...document.querySelectorAll('svg.chart text')].map((t) => t.getBoundingClientRect().height)),
      ]);
      assert.ok(wide <= 0, `it is ${wide} px too wide`);
      assert.ok(colours > 2);
      assert.ok(smallest >= 9, `text is ${smallest} px high`);
    }
  },
});
