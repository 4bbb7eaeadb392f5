// The account center: every failed item is mended where it can be, in few actions, and leads back to the check.
import assert from 'node:assert/strict';
import { TICK } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

// How many actions `work` takes.
async function actions(person, work) {
  const before = person.actions;
  await work();
  return person.actions - before;
}

async function openCustomer(partner, person) {
  await partner.visit('/customers');
  await partner.type('Name or account number', (await person.page.locator('.bar .who').innerText()).split(', ').pop().trim());
  await partner.press('Apply');
  await partner.page.locator('table a[href^="/customers/C-"]').first().click();
}

// On the list page: the first item that has this button, and its confirm page.
async function endFirst(person, name) {
  person.actions++;
  await person.page.locator('td').getByRole('link', { name: new RegExp(`^${name} `) }).first().click();
  await person.press(name);
}

story({
  'the currency is set in three actions, once': async ({ signedIn }) => {
    const p = await signedIn('nocurrency');
    await p.visit('/disassociate/check');
    await p.sees('1 of 6 checks failed', 'Settlement currency');
    const n = await actions(p, async () => {
      await p.follow('Set currency');
      await p.sees('You came from the account checks', 'After you set the currency we take you back to them.');
      await p.tick('USD');
      await p.press('Save and return to checks');
    });
    p.within(3, 'currency', p.actions - n);
    p.isAt('/disassociate/check');
    await p.sees('Currency set to USD', 'Fixed since your last check: Settlement currency', 'All 6 checks passed');
    await p.visit('/currency');
    await p.sees('Your settlement currency is USD. It can’t be changed.');
  },

  'nothing chosen keeps the way back': async ({ signedIn }) => {
    const p = await signedIn('everything');
    await p.visit('/currency?return=check');
    await p.press('Save and return to checks');
    await p.sees('Select a currency', 'You came from the account checks');
    assert.match(await p.title(), /^Error: /);
    await p.visit('/currency?return=https://evil.example/');
    await p.seesNot('You came from the account checks');
  },

  'one reserved instance is ended in three actions': async ({ signedIn }) => {
    const p = await signedIn('reserved');
    await p.visit('/disassociate/check');
    const n = await actions(p, async () => {
      await p.follow('Review and unsubscribe');
      await p.sees('Reserved instance c7.large, 1 year', 'Active', 'Reserved instance c6.large, 1 year', 'Ended');
      await endFirst(p, 'Unsubscribe');
    });
    assert.ok(n <= 3, `${n} actions`);
    p.isAt('/disassociate/check');
    await p.sees('Unsubscribed', 'Fixed since your last check: Reserved instances and partner support plan', 'All 6 checks passed');
  },

  'a support plan can be kept, and ended': async ({ signedIn }) => {
    const p = await signedIn('supported');
    await p.visit('/disassociate/check');
    await p.follow('Review and unsubscribe');
    await p.page.getByRole('link', { name: /^Unsubscribe / }).click();
    await p.sees('Unsubscribe Northwind Business Support?', 'It ends today.');
    await p.follow('Keep it');
    p.isAt('/subscriptions?return=check');
    await endFirst(p, 'Unsubscribe');
    await p.sees('All 6 checks passed');
  },

  'two members are let go in two actions each and one more': async ({ signedIn }) => {
    const p = await signedIn('master');
    await p.visit('/disassociate/check');
    const n = await actions(p, async () => {
      await p.follow('Manage member accounts');
      await endFirst(p, 'Disassociate');
      p.isAt('/members?return=check');
      await p.sees('The member is disassociated');
      await endFirst(p, 'Disassociate');
    });
    assert.ok(n <= 5, `${n} actions`);
    p.isAt('/disassociate/check');
    await p.sees('Fixed since your last check: Member accounts', 'All 6 checks passed');
    await p.visit('/members');
    await p.sees('Master Shared Services', 'Unified');
    assert.equal(await p.page.getByRole('link', { name: /^Disassociate / }).count(), 0);
  },

  'whoever asked is told when all checks pass': async ({ signedIn, srv }) => {
    const p = await signedIn('frozen');
    const partner = await signedIn('partner');
    await p.visit('/disassociate/check');
    await p.press('Tell me when all checks pass');
    await p.sees('We tell you when all checks pass');
    await openCustomer(partner, p);
    await partner.follow('Unfreeze');
    await partner.type('Reason for unfreezing', 'Settled.');
    const before = await srv.messageNames();
    await partner.press('Unfreeze');
    for (;;) {
      const message = await srv.message('frozen@demo.test', before);
      if (/All account checks now pass/.test(message.subject)) break;
      before.push(message.name);
    }
    await p.visit('/notifications');
    await p.sees('All account checks now pass');
  },

  'everything that fails is mended in one sitting, and the customer leaves': async ({ signedIn }) => {
    const p = await signedIn('everything');
    const partner = await signedIn('partner');
    await p.visit('/disassociate/check');
    await p.sees('5 of 6 checks failed');
    await p.follow('Review and unsubscribe');
    await p.sees('Your account and resources are frozen', 'Have them unfrozen first.');
    await p.follow('Return to checks');
    await p.press('Ask partner to unfreeze');

    await openCustomer(partner, p);
    await partner.follow('Unfreeze');
    await partner.type('Reason for unfreezing', 'You asked us to.');
    await partner.press('Unfreeze');
    await partner.page.getByRole('link', { name: /^Mark as settled/ }).click();
    await partner.type('How was it settled?', 'Both signed the end on paper.');
    await partner.press('Mark as settled');

    await p.visit('/disassociate/check');
    await p.sees('3 of 6 checks failed');
    const n = await actions(p, async () => {
      await p.follow('Manage member accounts');
      await endFirst(p, 'Disassociate');
      await p.sees('2 of 6 checks failed', 'Fixed since your last check: Member accounts');
      await p.follow('Review and unsubscribe');
      await endFirst(p, 'Unsubscribe');
      await p.sees('1 of 6 checks failed');
      await p.follow('Set currency');
      await p.tick('EUR');
      await p.press('Save and return to checks');
    });
    assert.ok(n <= 9, `${n} actions`);
    await p.sees('Currency set to EUR', 'All 6 checks passed');
    await p.tick(TICK);
    await p.press('Disassociate');
    await p.enterCode(await p.sendCode({ channel: /Email to/ }));
    await p.tick('I want to buy directly from the cloud provider');
    await p.press('Submit');
    await p.sees('Your disassociation request has been submitted');
    const no = /DR[0-9]{8}-[0-9]+/.exec(p.path())[0];

    await partner.visit(`/requests/${no}`);
    await partner.page.getByLabel(/^Agree/).check();
    await partner.tick(TICK.replace('partner account', 'customer account'));
    await partner.press('Save decision');
    await partner.sees('You agreed');

    await p.visit('/account');
    await p.sees('Your account is ready for any partner change.', 'Do this now', 'Update your account information');
    await p.follow('Update your account information');
    await p.type('Legal name', 'Everything at Once Ltd');
    await p.type('Street and number', '1 Main Street');
    await p.type('City', 'Singapore');
    await p.type('Country or region', 'Singapore');
    await p.type('Billing email', 'bills@everything.test');
    await p.press('Save');
    await p.sees('Account information saved');
    await p.visit('/account');
    await p.seesNot('Update your account information');
    await p.sees('Everything at Once Ltd, Singapore, Singapore');
  },

  'a viewer reads the account center and changes nothing': async ({ signedIn }) => {
    const p = await signedIn('viewer');
    for (const path of ['/account', '/currency', '/subscriptions', '/members', '/account-information']) {
      await p.visit(path);
      assert.equal(await p.page.locator('main form').count(), 0, path);
    }
    await p.visit('/subscriptions/1/unsubscribe');
    await p.sees('You don’t have access to this page');
  },

  'what belongs to others is not found': async ({ signedIn }) => {
    const p = await signedIn('clean');
    for (const path of ['/subscriptions/1/unsubscribe', '/members/1/disassociate']) {
      await p.visit(path);
      await p.sees('Page not found');
    }
    const partner = await signedIn('partner');
    await partner.visit('/account');
    await partner.sees('You don’t have access to this page');
  },
});
