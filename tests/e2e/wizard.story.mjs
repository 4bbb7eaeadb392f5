// The wizard when things do not go straight: back, refresh, deep links, double submits, two tabs, two people, time.
import assert from 'node:assert/strict';
import { REASON, TICK, toReason, toVerify } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

const wrong = (code) => (code === '000000' ? '000001' : '000000');

// Sends the page's form by hand, as a client that repeats itself would.
async function formOf(page, button) {
  return page.evaluate((name) => {
    const form = [...document.forms].find((f) => [...f.querySelectorAll('button')].some((b) => b.textContent.trim() === name));
    return { action: form.getAttribute('action'), body: new URLSearchParams(new FormData(form)).toString() };
  }, button);
}
async function post(person, { action, body }, extra = '') {
  return person.context.request.post(person.url(action), {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: person.server.origin },
    data: extra ? `${body}&${extra}` : body, maxRedirects: 0,
  });
}

story({
  'a later step leads to the first unfinished one; earlier ones open filled in': async ({ signedIn }) => {
    const p = await signedIn('clean3');
    await p.visit('/disassociate/reason');
    p.isAt('/disassociate/check');
    await p.sees('Finish this step first');
    await toReason(p);
    await p.tick(REASON);
    await p.type('More details', 'Moved to another region.');
    await p.page.goBack();
    await p.visit('/disassociate/check');
    await p.sees('Check your account');
    await p.visit('/disassociate/reason');
    await p.sees('Why are you leaving this partner?');
    await p.page.reload();
    await p.sees('Why are you leaving this partner?');
  },

  'a form sent twice makes one request, and both answers lead to it': async ({ signedIn }) => {
    const p = await signedIn('clean4');
    await toReason(p);
    await p.tick(REASON);
    const form = await formOf(p.page, 'Submit');
    const [first, second] = await Promise.all([post(p, form), post(p, form)]);
    assert.deepEqual([first.status(), second.status()], [303, 303]);
    assert.equal(first.headers().location, second.headers().location);
    assert.match(first.headers().location, /^\/disassociate\/submitted\/DR/);
    const third = await post(p, form);
    assert.equal(third.headers().location, first.headers().location);
    await p.visit('/operation-log');
    assert.equal(await p.page.locator('tbody tr', { hasText: 'Disassociation requested' }).count(), 1);
    await p.visit('/disassociate');
    await p.sees('You already have an open request');
  },

  'two tabs: the slower one is led to where the faster one is': async ({ signedIn }) => {
    const p = await signedIn('clean5');
    await p.follow('Disassociate');
    const slow = await p.context.newPage();
    await slow.goto(p.url('/disassociate/check'));
    await p.tick(TICK);
    await p.press('Disassociate');
    await slow.getByLabel(TICK).check();
    await slow.getByRole('button', { name: 'Disassociate' }).click();
    const text = await slow.locator('main').innerText();
    assert.match(text, /You continued in another tab/);
    assert.match(slow.url(), /\/disassociate\/verify$/);
  },

  'a second owner finds what the first began, and proves a code of its own': async ({ signedIn, open }) => {
    const first = await signedIn('clean2');
    await toVerify(first);
    const second = await open('second');
    await second.signIn();
    await second.follow('Disassociate');
    await second.sees('started this request at');
    await second.enterCode(await second.sendCode({ channel: /Email to/, address: 'clean2@demo.test' }));
    await second.sees('Why are you leaving this partner?');
    await first.visit('/disassociate/reason');
    first.isAt('/disassociate/verify');
  },

  'wrong codes are counted down, then the code is dead; a new one works': async ({ signedIn, server }) => {
    const p = await signedIn('clean6');
    await toVerify(p);
    await p.press('Send code');
    await p.sees('Select where to send the code');
    const code = await p.sendCode({ channel: /Email to/ });
    await p.press('OK');
    await p.sees('Enter the code');
    const field = p.page.getByLabel('Verification code');
    assert.deepEqual(await Promise.all(['autocomplete', 'inputmode', 'dir'].map((name) => field.getAttribute(name))), ['one-time-code', 'numeric', 'ltr']);
    await p.enterCode('12');
    await p.sees('Enter all 6 digits');
    for (const left of [/You have 4 attempts left/, /You have 3 attempts left/, /You have 2 attempts left/, /You have 1 attempt left/]) {
      await p.enterCode(wrong(code));
      await p.sees('The code is not correct', left);
      assert.equal(await p.page.getByLabel('Verification code').inputValue(), wrong(code));
    }
    await p.enterCode(wrong(code));
    await p.sees('Too many wrong codes');
    assert.equal(await p.page.getByLabel('Verification code').count(), 0);
    await p.press('Send a new code');
    await p.sees(/Wait \d+ more seconds before you ask for another code|Select where/);
    await server().moveClock(60);
    await p.visit('/disassociate/verify');
    const before = await server().messageNames();
    const choice = p.page.getByLabel(/Email to/);
    if (await choice.count() > 0) await choice.check();
    await p.press('Send a new code');
    const fresh = await p.code('clean6@demo.test', before);
    // Full-width digits, as a Chinese keyboard types them, with a blank.
    const wide = [...fresh].map((d) => String.fromCharCode(0xff10 + Number(d))).join('');
    await p.enterCode(`${wide.slice(0, 3)} ${wide.slice(3)}`);
    await p.sees('Why are you leaving this partner?');
  },

  'a code runs out; what it proved runs out; the reason stays': async ({ signedIn, server }) => {
    const p = await signedIn('clean7');
    await toVerify(p);
    const code = await p.sendCode({ channel: /Email to/ });
    await server().moveClock(10 * 60);
    await p.enterCode(code);
    await p.sees('This code has expired');
    await p.visit('/disassociate/verify');
    const before = await server().messageNames();
    const choice = p.page.getByLabel(/Email to/);
    if (await choice.count() > 0) await choice.check();
    await p.press('Send a new code');
    await p.enterCode(await p.code('clean7@demo.test', before));
    await p.tick('Another reason');
    await p.press('Submit');
    await p.sees('Enter details for “Another reason”');
    await p.type('More details', 'We close the company.');
    await server().moveClock(11 * 60);
    await p.press('Submit');
    await p.sees('Your verification ran out');
    const again = await server().messageNames();
    const other = p.page.getByLabel(/Email to/);
    if (await other.count() > 0) await other.check();
    await p.press('Send a new code');
    await p.enterCode(await p.code('clean7@demo.test', again));
    assert.equal(await p.page.getByLabel('More details').inputValue(), 'We close the company.');
    await p.press('Submit');
    await p.sees('Your disassociation request has been submitted');
  },

  'a session that ends by time leads back to the same step; what was typed is kept, the code is proven again': async ({ signedIn, server }) => {
    const p = await signedIn('clean8');
    await toReason(p);
    await p.tick(REASON);
    await p.type('More details', 'Kept across the sign-in.');
    await server().moveClock(31 * 60);
    await p.press('Submit');
    await p.sees('You were signed out because you were inactive');
    await p.signIn();
    p.isAt('/disassociate/verify');
    await p.sees('We will send a code to c***@demo.test');   // the channel chosen before
    await p.enterCode(await p.sendCode({ button: 'Send a new code' }));
    assert.equal(await p.page.getByLabel('More details').inputValue(), 'Kept across the sign-in.');
  },

  'a draft is kept for 24 hours and not longer': async ({ signedIn, open, server }) => {
    const p = await signedIn('clean9');
    await toVerify(p);
    await server().moveClock(23 * 3600);
    const later = await open('clean9');
    await later.signIn();
    await later.follow('Disassociate');
    await later.sees('We kept your answers from');
    await server().moveClock(3600);
    const last = await open('clean9');
    await last.signIn();
    await last.visit('/disassociate/reason');
    last.isAt('/disassociate/check');
  },
});
