// The source guide's second half, word by word: a partner asks, its customer answers.
import assert from 'node:assert/strict';
import { askCustomer, prove, TICK } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

story({
  'asked agrees and has left': async ({ signedIn, srv }) => {
    const asked = await signedIn('asked');
    asked.isAt('/my-partner');
    await asked.sees('Your partner wants to end the association', 'Nothing changes until you answer.', 'Waiting for you');
    const no = /DR\d{8}-\d{6,}/.exec(await asked.text())[0];
    asked.actions = 0;
    await asked.follow('Process');
    asked.isAt(`/process-request/${no}`);
    assert.equal(await asked.heading(), 'Agree or reject');
    await asked.sees('What happens if you leave this partner', 'All 6 checks passed');
    await asked.tick(TICK);
    await asked.press('Agree');
    await asked.sees('You are about to agree to leave');
    const before = await srv.messageNames();
    await prove(asked);
    asked.within(7, 'agree');
    asked.isAt(`/process-request/${no}/done`);
    await asked.sees('You have been successfully disassociated', 'You are no longer associated with', 'Do this now',
      'From now on we charge your payment method.');
    assert.match((await srv.message('partner@demo.test', before)).subject, /agreed|left/i);
    await asked.page.reload();
    await asked.sees('You have been successfully disassociated');
    await asked.page.goBack();
    await asked.sees('This request was already answered');
    await asked.follow('Go to My Partner');
    await asked.sees('You are no longer associated with Northwind Cloud Reseller', 'Do this now', 'Update your account information');
    await asked.follow('Operation log');
    await asked.sees('Disassociation request agreed to', 'Association ended', no);

    const partner = await signedIn('partner');
    await partner.visit(`/requests/${no}`);
    await partner.sees('The customer agreed to the request');
  },

  'asked2 rejects, and stays': async ({ signedIn, srv }) => {
    const asked = await signedIn('asked2');
    const no = /DR\d{8}-\d{6,}/.exec(await asked.text())[0];
    asked.actions = 0;
    await asked.follow('Process');
    await asked.press('Reject');
    await asked.sees('You are about to reject the request of');
    const before = await srv.messageNames();
    await prove(asked);
    asked.within(6, 'reject');
    await asked.sees('You rejected your partner’s request', 'You stay associated with this partner.',
      'We have told them about your decision.', 'What happens next');
    assert.match((await srv.message('partner@demo.test', before)).subject, /reject/i);
    await asked.follow('Go to My Partner');
    await asked.sees('No open request', 'Northwind Cloud Reseller');
    const partner = await signedIn('partner');
    await partner.visit(`/requests/${no}`);
    await partner.sees('The customer rejected the request');
  },

  'askedfrozen can only reject, with a reason': async ({ signedIn }) => {
    const asked = await signedIn('askedfrozen');
    const no = /DR\d{8}-\d{6,}/.exec(await asked.text())[0];
    await asked.follow('Process');
    await asked.sees('1 of 6 checks failed', 'You can reject now. To agree, fix the failed item first and check again.');
    assert.equal(await asked.page.getByRole('button', { name: 'Agree', exact: true }).count(), 0);
    await asked.press('Check again');
    asked.isAt(`/process-request/${no}`);
    await asked.sees('1 of 6 checks failed');
    await asked.type('Reason for rejecting (optional)', 'Unfreeze us first.');
    await asked.press('Reject');
    await prove(asked);
    await asked.sees('You rejected your partner’s request', 'Unfreeze us first.');
    const partner = await signedIn('partner');
    await partner.visit(`/requests/${no}`);
    await partner.sees('The customer rejected the request', 'Unfreeze us first.');
  },

  'carefultwo changes its mind: reject, back, agree': async ({ signedIn }) => {
    const two = await signedIn('carefultwo');
    await two.follow('Process');
    await two.type('Reason for rejecting (optional)', 'not yet');
    await two.press('Reject');
    await two.follow('Back');
    assert.equal(await two.page.getByLabel('Reason for rejecting (optional)').inputValue(), 'not yet');
    await two.press('Agree');
    await two.sees('Tick the box before you agree. You don’t need it to reject.');
    await two.tick(TICK);
    await two.press('Agree');
    await two.sees('You are about to agree to leave');
    await prove(two);
    await two.sees('You have been successfully disassociated');
  },

  'Northwind asks clean3, and clean3 agrees': async ({ signedIn, srv }) => {
    const clean = await signedIn('clean3');
    await clean.sees('No open request');
    const partner = await signedIn('partner');
    const before = await srv.messageNames();
    const no = await askCustomer(partner, clean);
    assert.match((await srv.message('clean3@demo.test', before)).subject, /wants to end the association/);
    await partner.follow('Go to the request');
    await partner.sees('Only the customer can answer this request.', 'Waiting for customer');
    await partner.seesNot('Your decision');

    await clean.visit('/disassociate');
    clean.isAt('/my-partner');
    await clean.sees('There is an open request', 'Your partner asks to end the association. You can answer it here.', 'The project has ended');
    await clean.follow('Process');
    clean.isAt(`/process-request/${no}`);
    await clean.tick(TICK);
    await clean.press('Agree');
    await prove(clean);
    await clean.sees('You have been successfully disassociated');
    await partner.page.reload();
    await partner.sees('The customer agreed to the request');
  },

  'careful, whose code function is on, withdraws and asks again with a code': async ({ signedIn, server }) => {
    const two = await signedIn('carefulone');
    await two.follow('Withdraw request');
    await two.press('Withdraw request');
    const careful = await signedIn('careful');
    const no = await askCustomer(careful, two, { hasCode: true });
    await two.visit('/my-partner');
    await two.sees('Your partner wants to end the association', no);
    await server().moveClock(60);
    await two.follow('Process');
    await two.press('Reject');
    await prove(two);
    await two.sees('You rejected your partner’s request');
  },

  'a partner withdraws what it has asked': async ({ signedIn }) => {
    const clean = await signedIn('clean4');
    const partner = await signedIn('partner');
    const no = await askCustomer(partner, clean);
    await clean.visit('/my-partner');
    await clean.follow('Process');
    await partner.follow('Go to the request');
    await partner.follow('Withdraw request');
    await partner.sees('Withdraw your request?', 'The customer stays associated with you.');
    await partner.press('Withdraw request');
    partner.isAt(`/requests/${no}`);
    await partner.sees('You withdrew your request');
    await clean.press('Reject');
    await clean.sees('Your partner withdrew this request');
    await clean.follow('Go to My Partner');
    await clean.sees('No open request');
  },

  'manager and stranger do not start requests': async ({ signedIn }) => {
    const partner = await signedIn('partner');
    await partner.visit('/customers');
    const href = await partner.page.locator('a[href^="/customers/C-"]').first().getAttribute('href');
    const start = `${/^\/customers\/C-\d+/.exec(href)[0]}/disassociate`;
    const manager = await signedIn('manager');
    assert.equal((await manager.visit(start)).status(), 403);
    const stranger = await signedIn('stranger');
    assert.equal((await stranger.visit(start)).status(), 404);
  },
});
