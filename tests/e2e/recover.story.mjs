// script: both
// Nothing is lost and nothing happens twice: what others do meanwhile, what is given up, what was left open for days.
import assert from 'node:assert/strict';
import { askCustomer, nameOf, openCustomer, REASON, toReason } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

const requestsIn = async (person) => {
  await person.visit('/operation-log');
  return person.page.locator('tbody tr', { hasText: 'Disassociation requested' }).count();
};

story({
  'what was begun is gone on with, or begun anew': async ({ signedIn }) => {
    const p = await signedIn('clean3');
    await toReason(p);
    await p.type('More details', 'We close the office.');
    await p.press('Submit');
    await p.sees('Select a reason');
    await p.visit('/my-partner');
    await p.follow('Disassociate');
    p.isAt('/disassociate/reason');
    await p.sees('We kept your answers from');
    assert.equal(await p.page.getByLabel('More details').inputValue(), 'We close the office.');
    await p.press('Start again');
    p.isAt('/disassociate/check');
    assert.equal(await p.page.getByRole('checkbox').first().isChecked(), false);
  },

  'a request that was submitted stays one, whatever is loaded again': async ({ signedIn }) => {
    const p = await signedIn('clean4');
    await toReason(p);
    await p.tick(REASON);
    await p.press('Submit');
    await p.sees('Your disassociation request has been submitted');
    await p.page.reload();
    await p.sees('Your disassociation request has been submitted');
    await p.page.goBack();
    await p.page.reload();
    await p.sees('Your partner is reviewing your request', '1 of 3 requests used');
    assert.equal(await requestsIn(p), 1);
  },

  'a request was submitted elsewhere meanwhile': async ({ signedIn }) => {
    const p = await signedIn('clean5');
    await toReason(p);
    await p.tick(REASON);
    const slow = await p.context.newPage();
    await slow.goto(p.url('/disassociate/reason'));
    await slow.getByLabel(REASON).check();
    await p.press('Submit');
    await slow.getByRole('button', { name: 'Submit' }).click();
    assert.match(await slow.locator('main').innerText(), /You already have an open request|has been submitted/);
    assert.equal(await requestsIn(p), 1);
  },

  'the partner’s request arrives in the middle': async ({ signedIn }) => {
    const p = await signedIn('clean6');
    await toReason(p);
    await p.tick(REASON);
    const partner = await signedIn('partner');
    const no = await askCustomer(partner, p);
    await p.press('Submit');
    await p.sees('Your partner has just sent a request to end the association');
    await p.visit('/my-partner');
    await p.sees(no, '0 of 3 requests used');
    await p.follow('Process');
    p.isAt(`/process-request/${no}`);
  },

  'a check fails before submitting: the reason stays, and no other code is asked for': async ({ signedIn }) => {
    const p = await signedIn('clean7');
    await toReason(p);
    const partner = await signedIn('partner');
    await openCustomer(partner, await nameOf(p));
    await partner.follow('Freeze');
    await partner.tick('Account only');
    await partner.type('Reason', 'The bill of May is not paid.');
    await partner.press('Freeze');
    await p.tick(REASON);
    await p.type('More details', 'Typed before the freeze.');
    await p.press('Submit');
    p.isAt('/disassociate/check');
    await p.sees('Something changed while you were here', '1 of 6 checks failed', 'The bill of May is not paid.');
    await partner.follow('Unfreeze');
    await partner.type('Reason for unfreezing', 'Paid today.');
    await partner.press('Unfreeze');
    await p.press('Check again');
    await p.sees('All 6 checks passed');
    await p.press('Disassociate');
    p.isAt('/disassociate/reason');
    assert.equal(await p.page.getByLabel('More details').inputValue(), 'Typed before the freeze.');
    await p.press('Submit');
    await p.sees('Your disassociation request has been submitted');
    assert.equal(await requestsIn(p), 1);
  },

  'giving up asks only when something was typed, and counts nothing': async ({ signedIn }) => {
    const p = await signedIn('clean8');
    await p.follow('Disassociate');
    await p.follow('Cancel');
    p.isAt('/my-partner');
    await toReason(p);
    await p.type('More details', 'Second thoughts.');
    await p.press('Submit');
    await p.visit('/disassociate/check');
    await p.follow('Cancel');
    await p.sees('Leave this request?');
    await p.press('Leave this request');
    p.isAt('/my-partner');
    await p.sees('0 of 3 requests used');
    assert.equal(await requestsIn(p), 0);
  },

  'a page that was open for days keeps what was typed': async ({ signedIn, srv }) => {
    const p = await signedIn('nocurrency');
    await p.visit('/account-information');
    await p.page.getByLabel('Legal name').fill('Typed days ago Ltd');
    const again = await p.context.newPage();
    await p.context.clearCookies();
    await srv.moveClock(3 * 86_400);
    await again.goto(p.url('/sign-in'));
    await again.getByLabel('User name').fill(p.login);
    await again.getByLabel('Password', { exact: true }).fill('demo-password-only');
    await again.getByRole('button', { name: 'Sign in' }).click();
    await p.press('Save');
    await p.sees('This page was open for too long, so we didn’t save it', 'Check your answers and continue.');
    assert.equal(await p.page.getByLabel('Legal name').inputValue(), 'Typed days ago Ltd');
  },
});
