// Somebody at a browser: presses, ticks, types by the words on the screen, and reads their own mail and SMS.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { useKeyboard } from './keyboard.mjs';

export const PASSWORD = 'demo-password-only';

// Chromium without its windows and menus, which take half of the processor's time and show no page. TEST_BROWSER is another one,
// such as /usr/bin/chromium.
const EXECUTABLE = process.env.TEST_BROWSER || '/usr/bin/chromium-headless-shell';

let browser;
export async function openBrowser() {
  browser ??= await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  return browser;
}
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

export class Person {
  // options: { script, colorScheme, viewport, … } of the browser context
  static async open(server, name, { script = true, ...options } = {}) {
    const person = new Person();
    person.server = server;
    person.name = name;
    person.login = `${name}@demo.test`;
    person.actions = 0;
    person.context = await (await openBrowser()).newContext({
      javaScriptEnabled: script, locale: 'en-GB', reducedMotion: 'reduce', ...options,
    });
    // Not a limit on speed: only so that what never comes is told instead of waited for.
    person.context.setDefaultTimeout(180_000);
    person.context.setDefaultNavigationTimeout(180_000);
    person.page = await person.context.newPage();
    if (process.env.KEYBOARD === 'on') useKeyboard(person.page);
    person.complaints = [];
    person.page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) person.complaints.push(message.text());
    });
    return person;
  }

  url(path) { return this.server.origin + path; }
  path() { const url = new URL(this.page.url()); return url.pathname + url.search; }

  async visit(path) { return this.page.goto(this.url(path)); }

  async signIn(password = PASSWORD) {
    if (!this.path?.().startsWith('/sign-in')) await this.visit('/sign-in');
    await this.page.getByLabel('User name').fill(this.login);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  // The second factor of a platform user, as the demo shows it. It works once in its 30 seconds, so the next ones are taken.
  async proveSecondFactor() {
    await this.server.moveClock(30);
    const codes = await this.context.newPage();
    await codes.goto(this.url('/demo/messages'));
    const code = (await codes.locator('#totp').innerText()).trim();
    await codes.close();
    await this.page.getByLabel('One-time password').fill(code);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async press(name, scope = this.page) { this.actions++; await scope.getByRole('button', { name, exact: true }).click(); }
  async follow(name, scope = this.page) { this.actions++; await scope.getByRole('link', { name, exact: true }).first().click(); }
  async tick(label) { this.actions++; await this.page.getByLabel(label).check(); }
  async type(label, text) { this.actions++; await this.page.getByLabel(label).fill(text); }

  async text() { return (await this.page.locator('main').innerText()).replace(/\s+/g, ' '); }
  async title() { return this.page.title(); }
  async heading() { return (await this.page.locator('h1').first().innerText()).trim(); }

  async sees(...words) {
    const text = await this.text();
    for (const word of words) assert.ok(word instanceof RegExp ? word.test(text) : text.includes(word), `${this.name} at ${this.path()} does not see «${word}» in: ${text}`);
  }
  async seesNot(...words) {
    const text = await this.text();
    for (const word of words) assert.ok(!(word instanceof RegExp ? word.test(text) : text.includes(word)), `${this.name} at ${this.path()} sees «${word}» in: ${text}`);
  }
  isAt(path) { assert.equal(this.path(), path); }

  // What the actions since `from` were for took no more than `most` of them (what a person does: press, follow, tick, type).
  within(most, goal, from = 0) {
    const n = this.actions - from;
    if (process.env.RESULTS) appendFileSync(`${process.env.RESULTS}/actions`, `${goal}\t${n}\t${most}\n`);
    assert.ok(n <= most, `${goal}: ${n} actions instead of ${most}`);
  }

  // Sends a code (by `channel` when both are linked) and returns its digits from the message that arrives.
  async sendCode({ channel, address, button = 'Send code' } = {}) {
    const before = await this.server.messageNames();
    if (channel) await this.tick(channel);
    await this.press(button);
    await this.sees('Code sent');
    return this.code(address ?? this.login, before);
  }
  async code(address, before) {
    const message = await this.server.message(address, before);
    const digits = /\b(\d{6})\b/.exec(message.subject + ' ' + message.text);
    assert.ok(digits, `no code in ${message.name}: ${message.text}`);
    return digits[1];
  }
  async enterCode(digits) { await this.type('Verification code', digits); await this.press('OK'); }

  async close() {
    assert.deepEqual(this.complaints, []);
    await this.context.close();
  }
}
