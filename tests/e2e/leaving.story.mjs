// After leaving: what is not paid goes through grace and retention to its release, with notices on the way; paying restores.
import assert from 'node:assert/strict';
import { story } from './lib/story.mjs';

const DAY = 24 * 60 * 60;

// What the job worker does takes a moment: looked at again until it is there.
async function waitFor(person, path, ...words) {
  for (;;) {
    await person.visit(path);
    if (person.path().startsWith('/sign-in')) { await person.signIn(); continue; }
    const text = await person.text();
    if (words.every((word) => text.includes(word))) return;
    if (person.server.child.exitCode !== null) throw new Error(`the server ended:\n${person.server.log}`);
    await person.page.waitForTimeout(200);
  }
}

const row = (person, name) => person.page.getByRole('table', { name: 'Your resources' }).getByRole('row').filter({ hasText: name });

async function stateIs(person, name, state) {
  for (;;) {
    await person.visit('/resources');
    if (person.path().startsWith('/sign-in')) { await person.signIn(); continue; }
    if ((await row(person, name).innerText()).includes(state)) return;
    if (person.server.child.exitCode !== null) throw new Error(`the server ended:\n${person.server.log}`);
    await person.page.waitForTimeout(200);
  }
}

async function mail(srv, before, subject) {
  for (;;) {
    const message = await srv.message('former@demo.test', before, /\.eml$/);
    if (subject.test(message.subject)) return message;
    before = [...before, message.name];
  }
}

story({
  'who left walks through grace, retention and release, and saves what is paid for in time': async ({ signedIn, srv }) => {
    const former = await signedIn('former');
    await former.visit('/my-partner');
    await former.sees('You are no longer associated with Northwind Cloud Reseller', 'Add a payment method');
    await former.follow('See your resources');
    await former.sees('You owe', 'No valid payment method');
    assert.match(await row(former, 'Database server, orders').innerText(), /Retention period/);
    assert.match(await row(former, 'Web server, shop').innerText(), /Grace period/);
    assert.match(await row(former, 'Object storage, pictures').innerText(), /Active/);

    // In 7 days both ends are 3 days away; in 9 days 1 day.
    let before = await srv.messageNames();
    await srv.moveClock(7 * DAY + 3600);
    assert.match((await mail(srv, before, /^Data will be deleted soon: Database server, orders/)).text, /can’t be undone/);
    await mail(srv, before, /^Grace period ends soon: Web server, shop/);
    before = await srv.messageNames();
    await srv.moveClock(2 * DAY);
    await mail(srv, before, /^Data will be deleted soon: Database server, orders/);
    await mail(srv, before, /^Grace period ends soon: Web server, shop/);

    // Both ends have come, and the third resource's charge fails.
    before = await srv.messageNames();
    await srv.moveClock(DAY);
    await stateIs(former, 'Database server, orders', 'Released');
    await stateIs(former, 'Web server, shop', 'Retention period');
    await stateIs(former, 'Object storage, pictures', 'Grace period');
    await mail(srv, before, /^Resource released: Database server, orders/);
    await mail(srv, before, /^Retention period started: Web server, shop/);
    await mail(srv, before, /^Grace period started: Object storage, pictures/);

    await former.visit('/notifications');
    await former.sees('Resource released: Database server, orders', 'Retention period started: Web server, shop');
    await former.visit('/operation-log');
    await former.sees('Resource released', 'Retention period started', 'Grace period started', 'Database server, orders: due');

    // A full number is never taken; the last four digits are.
    await former.visit('/payment-method');
    await former.follow('Add payment method');
    await former.type('Last four digits', '4111 1111 1111 1111');
    await former.type('Expires', '09/40');
    await former.press('Add payment method');
    await former.sees('Take the full card number out', 'We never keep one');
    assert.equal(await former.page.getByText('1111').count(), 0);
    await former.type('Last four digits', '4242');
    await former.press('Add payment method');
    await former.sees('Payment method added', 'Card ending in 4242', 'Charged first');
    await former.visit('/my-partner');
    await former.seesNot('Your resources keep running only if they are paid for.');

    // Paid for in time it works again; the released one is gone for good.
    before = await srv.messageNames();
    await former.visit('/resources');
    await row(former, 'Web server, shop').getByRole('link', { name: /^Pay/ }).click();
    await former.sees('Pay for Web server, shop?', 'Card ending in 4242');
    await former.page.getByRole('button', { name: /^Pay/ }).click();
    await former.sees('Payment received');
    assert.match(await row(former, 'Web server, shop').innerText(), /Active/);
    await mail(srv, before, /^Resource works again: Web server, shop/);
    assert.equal(await row(former, 'Database server, orders').getByRole('link').count(), 0);
    await row(former, 'Object storage, pictures').getByRole('link', { name: /^Pay/ }).click();
    await former.page.getByRole('button', { name: /^Pay/ }).click();
    await former.seesNot('You owe');
    await waitFor(former, '/operation-log', 'Resource restored', 'Payment method added');
  },

  'whoever thinks of leaving sees what will happen to each resource, and when': async ({ signedIn }) => {
    const clean = await signedIn('clean');
    await clean.visit('/disassociate/check');
    await clean.sees('What happens to your resources: 2 resources will be charged to your payment method');
    await clean.page.locator('summary').filter({ hasText: 'What happens to your resources' }).click();
    await clean.sees('Your partner now. After you leave, you: Card ending in', /Data deleted on \d/, 'Web server, production');
    await clean.visit('/resources');
    await clean.sees('Your partner pays for your resources now.', /Grace period from \d/, /Retention period from \d/);
    assert.equal(await clean.page.getByRole('link', { name: /^(Pay|Renew) / }).count(), 0);
  },

  'a warning before leaving leads to the payment method and back': async ({ signedIn }) => {
    const warned = await signedIn('warned');
    await warned.visit('/disassociate/check');
    await warned.sees('You have no valid payment method.');
    await warned.follow('Add payment method');
    await warned.sees('You came from the account checks', 'No payment method');
    await warned.follow('Add payment method');
    await warned.type('Last four digits', '1881');
    await warned.type('Expires', '09/40');
    await warned.press('Add payment method');
    warned.isAt('/disassociate/check');
    await warned.seesNot('You have no valid payment method.');
  },
});
