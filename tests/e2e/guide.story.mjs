// script: both
// The source guide followed word by word: a customer asks, its partner answers.
import assert from 'node:assert/strict';
import { TICK, TICK_OF_PARTNER } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

// My Partner → More operations → Disassociate → check and confirm → code → reason → submitted.
async function ask(person, reason = 'The project has ended') {
  await person.follow('Disassociate');
  await person.tick(TICK);
  await person.press('Disassociate');
  await person.enterCode(await person.sendCode({ channel: /Email to/ }));
  await person.tick(reason);
  await person.press('Submit');
}

story({
  'clean follows the guide and its partner agrees': async ({ signedIn, srv }) => {
    const clean = await signedIn('clean');
    clean.isAt('/my-partner');
    await clean.sees('Northwind Cloud Reseller', 'No open request', '0 of 3 requests used', 'More operations');
    clean.actions = 0;
    await ask(clean);
    clean.within(9, 'leave');
    await clean.sees('Your disassociation request has been submitted', 'Reference DR');
    const no = /DR\d{8}-\d{6,}/.exec(await clean.text())[0];
    clean.isAt(`/disassociate/submitted/${no}`);
    await clean.page.reload();
    await clean.sees('Your disassociation request has been submitted', no);
    await clean.follow('Go to My Partner');
    await clean.sees('Your partner is reviewing your request', 'Waiting for partner', no);
    await clean.seesNot('I understand the preceding statement');

    const partner = await signedIn('partner');
    partner.isAt('/requests');
    await partner.page.getByRole('link', { name: no }).click();
    await partner.sees('wants to leave', 'The project has ended', no);
    await partner.page.getByLabel(/^Agree/).check();
    await partner.tick(TICK_OF_PARTNER);
    const before = await srv.messageNames();
    await partner.press('Save decision');
    await partner.sees('You agreed', 'no longer your customer');

    const told = await srv.message('clean@demo.test', before);
    assert.match(told.subject, /Your partner agreed/);
    await clean.page.reload();
    await clean.sees('You are no longer associated with Northwind Cloud Reseller', 'payment method');
    await clean.follow('Operation log');
    await clean.sees('Disassociation requested', 'Disassociation request agreed to', 'Association ended', no);
    await clean.visit('/notifications');
    await clean.sees('Your partner agreed', '(unread)');
  },

  'mailonly and mobileonly are not asked to choose': async ({ signedIn }) => {
    for (const [name, address] of [['mailonly', 'mailonly@demo.test'], ['mobileonly', null]]) {
      const person = await signedIn(name);
      await person.follow('Disassociate');
      await person.tick(TICK);
      await person.press('Disassociate');
      await person.sees('We will send a code to');
      assert.equal(await person.page.getByRole('radio').count(), 0);
      const before = await person.server.messageNames();
      await person.press('Send code');
      const message = address
        ? await person.server.message(address, before)
        : await person.server.message(await mobileOf(person, before), before);
      const code = /\b(\d{6})\b/.exec(message.subject + message.text)[1];
      await person.enterCode(`${code.slice(0, 3)} ${code.slice(3)}`);   // as it is pasted
      await person.sees('Why are you leaving this partner?');
      await person.close();
    }
  },

  'nocontact is told how to go on': async ({ signedIn }) => {
    const person = await signedIn('nocontact');
    await person.follow('Disassociate');
    await person.tick(TICK);
    await person.press('Disassociate');
    await person.sees('We can’t verify you yet', 'Add an email address or mobile number');
  },

  'a rejected request comes back with the partner’s words; withdrawing works while it is pending': async ({ signedIn, server }) => {
    const clean2 = await signedIn('clean2');
    await ask(clean2);
    const no = /DR\d{8}-\d{6,}/.exec(await clean2.text())[0];
    const partner = await signedIn('partner');
    await partner.visit(`/requests/${no}`);
    await partner.page.getByLabel(/^Reject/).check();
    await partner.press('Save decision');
    await partner.sees('Enter a message to the customer');
    await partner.type('Message to the customer', 'Your contract runs to December.');
    await partner.press('Save decision');
    await partner.sees('You rejected the request');
    await clean2.visit('/my-partner');
    await clean2.sees('Your partner rejected your request', 'Your contract runs to December.', 'You can send another request');
    await clean2.press('Mark as read');
    await clean2.seesNot('Your partner rejected your request');
    await clean2.sees('1 of 3 requests used');

    await server().moveClock(60);   // the cool-down of the code before
    await ask(clean2);
    const second = /DR\d{8}-\d{6,}/.exec(await clean2.text())[0];
    await clean2.visit('/my-partner');
    await clean2.follow('Withdraw request');
    await clean2.press('Withdraw request');
    await clean2.sees('You withdrew your request', 'No open request', '2 of 3 requests used');
    await partner.visit(`/requests/${second}`);
    await partner.sees('withdrew');
  },

  'careful proves itself by a code before it answers': async ({ signedIn, srv }) => {
    const careful = await signedIn('careful');
    await careful.page.getByRole('link', { name: /^DR/ }).first().click();
    await careful.page.getByLabel(/^Agree/).check();
    await careful.tick(TICK_OF_PARTNER);
    await careful.press('Save decision');
    const before = await srv.messageNames();
    const isChoice = await careful.page.getByRole('radio').count() > 0;
    await careful.enterCode(await careful.sendCode(isChoice ? { channel: /Email to/ } : {}));
    await careful.sees('You agreed');
    assert.match((await srv.message('carefulone@demo.test', before)).subject, /agreed/);
  },
}, { asDelivered: true });

async function mobileOf(person, before) {
  for (;;) {
    const names = (await person.server.messageNames()).filter((name) => !before.includes(name) && name.endsWith('.sms'));
    if (names.length > 0) {
      const { readFile } = await import('node:fs/promises');
      return /^To: (.*)$/m.exec(await readFile(`${person.server.var}/messages/${names[0]}`, 'utf8'))[1].trim();
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}
