// The partner's desk: customers, freezing and lifting, contracts, the code function, and who belongs to the team.
import assert from 'node:assert/strict';
import { nameOf, openCustomer } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

story({
  'a customer is frozen, is told, and is unfrozen again': async ({ signedIn, srv }) => {
    const clean = await signedIn('clean3');
    const name = await nameOf(clean);
    const partner = await signedIn('partner');
    const path = await openCustomer(partner, name);
    await partner.sees(name, 'Active', 'All 6 account checks pass');
    await partner.follow('Freeze');
    await partner.press('Freeze');
    await partner.sees('Select what to freeze', 'Enter a reason');
    assert.match(await partner.title(), /^Error: /);
    await partner.tick('Account only');
    await partner.type('Reason', 'The bill of May is not paid.');
    let before = await srv.messageNames();
    await partner.press('Freeze');
    partner.isAt(path);
    await partner.sees(`${name} is frozen`, 'We have told them.', 'Account frozen', '1 of 6 account checks fail');
    assert.match((await srv.message('clean3@demo.test', before)).subject, /Your account was frozen/);
    await clean.visit('/my-partner');
    await clean.sees('Your account is frozen', 'The bill of May is not paid.');

    await partner.follow('Unfreeze');
    await partner.sees(`Unfreeze ${name}?`, 'Account only', 'The bill of May is not paid.');
    await partner.type('Reason for unfreezing', 'Paid today.');
    before = await srv.messageNames();
    await partner.press('Unfreeze');
    await partner.sees(`${name} is unfrozen`, 'Active');
    assert.match((await srv.message('clean3@demo.test', before)).subject, /Your account was unfrozen/);
    await clean.visit('/my-partner');
    await clean.seesNot('Your account is frozen');
  },

  'a frozen customer asks, and its partner finds that on the desk': async ({ signedIn }) => {
    const frozen = await signedIn('frozen');
    await frozen.press('Ask partner to unfreeze');
    const partner = await signedIn('partner');
    await partner.visit('/customers');
    await partner.page.getByLabel('Account status').selectOption({ label: 'Account frozen' });
    await partner.press('Apply');
    await partner.sees('Asks to be unfrozen');
    await openCustomer(partner, await nameOf(frozen));
    await partner.sees('asks you to unfreeze the account');
    await partner.follow('Unfreeze');
    await partner.type('Reason for unfreezing', 'You asked us to.');
    await partner.press('Unfreeze');
    await partner.seesNot('asks you to unfreeze');
    await frozen.visit('/my-partner');
    await frozen.seesNot('Your account is frozen');
  },

  'freezing with an open request warns; unfreezing can lead to the request': async ({ signedIn }) => {
    const waiting = await signedIn('waiting');
    const partner = await signedIn('partner');
    await openCustomer(partner, await nameOf(waiting));
    await partner.follow('Freeze');
    await partner.sees('has an open request', 'It can’t be agreed while the account is frozen.');
    await partner.tick('Account and resources');
    await partner.type('Reason', 'Unpaid.');
    await partner.press('Freeze');
    await partner.follow('Unfreeze');
    await partner.type('Reason for unfreezing', 'Paid.');
    await partner.press('Unfreeze and process the request');
    assert.match(partner.path(), /^\/requests\/DR/);
    await partner.sees('The account is unfrozen', 'wants to leave');
  },

  'only the platform lifts what a budget froze': async ({ signedIn }) => {
    const budget = await signedIn('budget');
    const partner = await signedIn('partner');
    const path = await openCustomer(partner, await nameOf(budget));
    await partner.sees('Only the platform can lift this freeze');
    await partner.visit(`${path}/unfreeze`);
    await partner.sees('You can’t unfreeze this account');
  },

  'a special contract is marked as settled, and the check passes': async ({ signedIn, srv }) => {
    const contract = await signedIn('contract');
    const partner = await signedIn('partner');
    await openCustomer(partner, await nameOf(contract));
    await partner.sees('Special commerce contracts', 'In effect');
    await partner.page.getByRole('link', { name: /^Mark as settled/ }).click();
    await partner.press('Mark as settled');
    await partner.sees('Enter how the contract was settled');
    await partner.type('How was it settled?', 'Both signed the end on paper.');
    const before = await srv.messageNames();
    await partner.press('Mark as settled');
    await partner.sees('The contract is marked as settled', 'Settled', 'Both signed the end on paper.');
    assert.match((await srv.message('contract@demo.test', before)).subject, /contract was settled/);
    await contract.visit('/disassociate/check');
    await contract.sees('All 6 checks passed');
  },

  'icy is frozen itself and can neither freeze nor unfreeze': async ({ signedIn }) => {
    const icy = await signedIn('icy');
    await icy.visit('/customers');
    await icy.page.locator('table a[href^="/customers/C-"]').first().click();
    await icy.sees('Your own account is frozen');
    await icy.visit(`${icy.path()}/freeze`);
    await icy.sees('Your own account is frozen');
  },

  'a manager reads; a stranger finds nothing; a customer has no desk': async ({ signedIn }) => {
    const manager = await signedIn('manager');
    const clean = await signedIn('clean4');
    const path = await openCustomer(manager, await nameOf(clean));
    await manager.sees('ask an admin of your account');
    await manager.visit(`${path}/freeze`);
    await manager.sees('You don’t have access to this page');
    const stranger = await signedIn('stranger');
    for (const page of [path, `${path}/freeze`, `${path}/unfreeze`]) {
      await stranger.visit(page);
      await stranger.sees('Page not found');
    }
    await stranger.visit('/customers');
    await stranger.sees('No customers yet');
    await clean.visit(path);
    await clean.sees('You don’t have access to this page');
  },

  'filters narrow the list and can be cleared': async ({ signedIn }) => {
    const partner = await signedIn('partner');
    await partner.visit('/customers');
    await partner.page.getByLabel('Request').selectOption({ label: 'Waiting for customer' });
    await partner.press('Apply');
    await partner.sees('Waiting for customer');
    assert.match(partner.path(), /request=customer/);
    await partner.type('Name or account number', 'nobody has this name');
    await partner.press('Apply');
    await partner.sees('Nothing matches these filters');
    await partner.follow('Clear filters');
    partner.isAt('/customers');
  },

  'careful switches its verification codes off, after giving the password': async ({ signedIn, srv }) => {
    const careful = await signedIn('careful');
    await srv.moveClock(11 * 60);
    await careful.visit('/settings');
    await careful.press('Switch off');
    await careful.sees('Confirm that it’s you');
    await careful.page.getByLabel('Password', { exact: true }).fill('not my password');
    await careful.press('Continue');
    await careful.sees('The password is not correct');
    await careful.page.getByLabel('Password', { exact: true }).fill('demo-password-only');
    await careful.press('Continue');
    careful.isAt('/settings');
    await careful.press('Switch off');
    await careful.sees('Verification codes are off');
    await careful.press('Switch on');
    await careful.sees('Verification codes are on');
  },

  'somebody is invited to the team, joins, gets another role, and is removed': async ({ signedIn, open, srv }) => {
    const partner = await signedIn('partner');
    await partner.visit('/team');
    await partner.follow('Invite a person');
    await partner.type('Email address', 'nina@demo.test');
    await partner.tick('Manager');
    let before = await srv.messageNames();
    await partner.press('Send invitation');
    await partner.sees('Invitation sent', 'nina@demo.test');
    const link = /https?:\/\/\S+(\/join\/\S+)/.exec((await srv.message('nina@demo.test', before)).text)[1];

    const nina = await open('nina');
    await nina.visit(link);
    await nina.sees('Join Northwind Cloud Reseller', 'nina@demo.test', 'Manager');
    await nina.type('Your name', 'Nina New');
    await nina.page.getByLabel('Password', { exact: true }).fill('a password of my own');
    await nina.press('Join');
    await nina.sees('You have joined');
    await nina.signIn('a password of my own');
    nina.isAt('/requests');
    await nina.visit('/team');
    await nina.sees('You don’t have access to this page');
    await nina.visit(link);
    await nina.sees('This invitation no longer works');

    await partner.visit('/team');
    await partner.page.getByRole('link', { name: 'Change role of Nina New' }).click();
    await partner.tick('Admin');
    await partner.press('Save role');
    await partner.sees('The role was changed');
    await nina.visit('/requests');
    await nina.signIn('a password of my own');
    await nina.visit('/team');
    await nina.sees('Nina New');

    await partner.page.getByRole('link', { name: 'Remove Nina New' }).click();
    await partner.press('Remove');
    await partner.sees('The person was removed');
    await partner.seesNot('Nina New');
    await nina.visit('/customers');
    await nina.sees('Sign in');
    await nina.signIn('a password of my own');
    await nina.sees('The user name or password is not correct');
  },

  'the last owner stays': async ({ signedIn }) => {
    const clean = await signedIn('clean5');
    await clean.visit('/team');
    assert.equal(await clean.page.getByRole('link', { name: /^Remove / }).count(), 0);
    const path = await clean.page.getByRole('link', { name: /^Change role/ }).first().getAttribute('href');
    await clean.visit(`${path}/remove`);
    await clean.sees('Nobody would be left to look after this account');
  },
});
