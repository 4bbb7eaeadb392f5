// Signing in, a forgotten password, the second factor of the platform, roles.
import assert from 'node:assert/strict';
import { PASSWORD } from './lib/person.mjs';
import { story } from './lib/story.mjs';

// The one-time password that the demo shows for the platform's people.
async function totp(person) {
  await person.visit('/demo/messages');
  return (await person.page.locator('#totp').innerText()).replace(/\D/g, '');
}

story({
  'a wrong password and an unknown person get the same words': async ({ open }) => {
    for (const [name, password] of [['clean', 'not-the-password'], ['nobody-at-all', PASSWORD]]) {
      const p = await open(name);
      await p.signIn(password);
      await p.sees('The user name or password is not correct');
      assert.equal(await p.page.getByLabel('User name').inputValue(), p.login);
      assert.equal(await p.page.getByLabel('Password', { exact: true }).inputValue(), '');
    }
  },

  'from the fifth failure on there is a wait, longer each time, and it ends': async ({ open, server }) => {
    const p = await open('mailonly');
    // Each failure waits out the pause before it, so that the last pause is long enough for any machine.
    for (let i = 0; i < 13; i++) {
      if (i > 0) await server().moveClock(20 * 60);
      await p.signIn('not-the-password');
      await p.sees('The user name or password is not correct');
    }
    await p.signIn(PASSWORD);
    await p.sees(/Too many tries|Try again after/);
    await server().moveClock(20 * 60);
    await p.visit('/sign-in');
    await p.signIn();
    p.isAt('/my-partner');
  },

  'who is not signed in is led to the page after signing in': async ({ open }) => {
    const p = await open('waiting');
    await p.visit('/operation-log');
    p.isAt('/sign-in?next=%2Foperation-log');
    await p.signIn();
    p.isAt('/operation-log');
    await p.press('Sign out');
    await p.sees('You are signed out');
    await p.visit('/my-partner');
    assert.match(p.path(), /^\/sign-in/);
  },

  'a forgotten password is set anew by a mailed link, once': async ({ open, server }) => {
    const p = await open('clean3');
    await p.visit('/sign-in');
    await p.follow('Forgotten your password?');
    const before = await server().messageNames();
    await p.type('User name', p.login);
    await p.page.getByRole('main').getByRole('button').click();
    const message = await server().message(p.login, before);
    const link = /http:\/\/127\.0\.0\.1:\d+(\/reset-password\/[\w-]+)/.exec(message.text)[1];
    await p.visit(link);
    const fields = p.page.locator('input[type=password]');
    for (let i = 0; i < await fields.count(); i++) await fields.nth(i).fill('a quite new passphrase');
    await p.page.getByRole('main').getByRole('button').first().click();
    await p.visit('/sign-in');
    await p.signIn('a quite new passphrase');
    p.isAt('/my-partner');
    const again = await open('clean3');
    await again.visit(link);
    assert.equal(await again.page.locator('input[type=password]').count(), 0);
  },

  'the platform’s people also need a one-time password, which works once': async ({ open, server }) => {
    const p = await open('auditor');
    const code = await totp(p);
    await p.visit('/sign-in');
    await p.signIn();
    await p.type('One-time password', code === '000000' ? '000001' : '000000');
    await p.page.getByRole('main').getByRole('button').first().click();
    await p.sees(/not correct/);
    await p.type('One-time password', await freshCode(p, server()));
    await p.page.getByRole('main').getByRole('button').first().click();
    p.isAt('/audit-log');
    await p.sees('Audit log');
  },

  'each role sees its own pages and no others': async ({ signedIn }) => {
    const viewer = await signedIn('viewer');
    await viewer.sees('My Partner');
    assert.equal(await viewer.page.getByRole('link', { name: 'Disassociate', exact: true }).count(), 0);
    const response = await viewer.visit('/disassociate/check');
    assert.equal(response.status(), 403);
    await viewer.sees('You don’t have access to this page');
    assert.equal((await viewer.visit('/requests')).status(), 403);
    const stranger = await signedIn('stranger');
    await stranger.sees('No requests are waiting for you');
    const manager = await signedIn('manager');
    await manager.page.getByRole('link', { name: /^DR/ }).first().click();
    assert.equal(await manager.page.getByRole('button', { name: 'Save decision' }).count(), 0);
    const path = manager.path();
    assert.equal((await stranger.visit(path)).status(), 404);
  },

  'the language is chosen by a link, stays, and pages say so': async ({ open }) => {
    const p = await open('zhang');
    await p.visit('/sign-in');
    assert.equal(await p.page.locator('html').getAttribute('lang'), 'en');
    await p.follow('中文');
    assert.equal(await p.page.locator('html').getAttribute('lang'), 'zh-Hans');
    p.isAt('/sign-in');
  },
});

// A code of the moment, read in a second tab so that the half-finished sign-in stays where it is. The clock is moved to the
// start of a step first: the code cannot run out between reading and typing.
async function freshCode(person, server) {
  const left = 30 - Math.floor(server.now() / 1000) % 30;
  await server.moveClock(left);
  const page = await person.context.newPage();
  await page.goto(person.url('/demo/messages'));
  const code = (await page.locator('#totp').innerText()).replace(/\D/g, '');
  await page.close();
  return code;
}
