// script: on only
// How pages look and read: every state that the demo's accounts reach, wide in light and narrow in dark colours. No sideways scroll,
// no accessibility finding, valid HTML, nothing that the content security policy refuses, one heading, a title that says
// whether there is an error.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import axe from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import { Person } from './lib/person.mjs';
import { story } from './lib/story.mjs';

const AxeBuilder = axe.default ?? axe.AxeBuilder ?? axe;
const html = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'long-title': 'off',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'tel-non-breaking': 'off',
    'prefer-native-element': 'off',       // role="status" and "alert" on sections are meant
    'aria-label-misuse': ['error', { allowAnyNamable: true }],
    'no-inline-style': 'error',
    'valid-autocomplete': 'error',
    'require-sri': 'off',
  },
});

// Account ("" for a visitor) and the pages to look at; "page >> selector": where the first such link on it leads.
const states = {
  '': ['/sign-in', '/sign-in?next=/my-partner', '/forgotten-password', '/forgotten-password/sent', '/signed-out', '/help', '/accessibility', '/nothing-here', '/demo/messages'],
  clean: ['/account', '/account-information', '/currency', '/subscriptions', '/members', '/my-partner', '/resources', '/payment-method', '/payment-method >> main a.danger', '/disassociate/check', '/operation-log', '/operation-log?from=2026-11-22&to=2026-11-21', '/notifications', '/requests',
    '/contacts', '/contacts/change?channel=EMAIL', '/contacts/change?channel=SMS', '/contacts >> main a.danger', '/preferences', '/security',
    '/security/password', '/security/recovery-codes'],
  mailonly: ['/contacts >> main a.danger'],
  nocontact: ['/contacts?return=verify'],
  viewer: ['/account', '/account-information', '/currency', '/my-partner', '/resources'],
  everything: ['/account', '/currency?return=check', '/subscriptions?return=check', '/my-partner', '/disassociate/check'],
  frozen: ['/my-partner', '/disassociate/check'],
  nocurrency: ['/account', '/currency'],
  reserved: ['/subscriptions', '/subscriptions >> main td a.btn'],
  master: ['/members', '/members >> main td a.btn', '/disassociate/check'],
  warned: ['/disassociate/check'],
  quota: ['/my-partner', '/disassociate/check'],
  waiting: ['/my-partner', '/notifications'],
  declined: ['/my-partner'],
  asked: ['/my-partner'],
  escalated: ['/my-partner'],
  budget: ['/my-partner'],
  referral: ['/my-partner'],
  former: ['/my-partner', '/resources', '/payment-method', '/payment-method/provider', '/resources >> main td a.btn'],
  alone: ['/my-partner', '/resources', '/operation-log'],
  partner: ['/requests', '/requests?tab=customer', '/requests?tab=closed', '/operation-log', '/notifications', '/customers',
    '/customers?q=nobody&status=all', '/customers/C-100119', '/customers/C-100119/unfreeze', '/customers/C-100124',
    '/customers/C-100131/freeze', '/customers/C-100135', '/customers/C-100136', '/customers/C-100138', '/contracts/1/settle',
    '/settings', '/team', '/team/invite'],
  manager: ['/requests', '/customers', '/customers/C-100106', '/settings'],
  icy: ['/customers', '/settings'],
  stranger: ['/customers'],
  careful: ['/requests'],
  ops: ['/escalations', '/escalations >> main a.code', '/freezes', '/freezes >> main td a.btn', '/freezes/new', '/audit-log', '/audit-log?from=2026-11-22&to=2026-11-21', '/audit-log?operation=FROZEN&result=FAILED', '/audit-log >> main td a', '/audit-log/exports', '/preferences', '/security'],
  auditor: ['/escalations', '/escalations >> main a.code', '/freezes', '/freezes/new', '/audit-log'],
};

async function signIn(person) {
  await person.signIn();
  if (['ops', 'auditor'].includes(person.name)) await person.proveSecondFactor();
}

async function pathOf(person, wanted) {
  const [page, selector] = wanted.split(' >> ');
  if (selector === undefined) return page;
  await person.visit(page);
  return person.page.locator(selector).first().getAttribute('href');
}

const views = [
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { viewport: { width: 375, height: 800 }, colorScheme: 'dark' },
];

async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// A folded cell is a grid of two places: its label and one more. A second child would begin a line of its own.
async function crowdedCells(page) {
  return page.evaluate(() => [...document.querySelectorAll('.fold td')]
    .filter((cell) => [...cell.childNodes].filter((node) => node.nodeType === 1 || node.textContent.trim() !== '').length > 1)
    .map((cell) => cell.textContent.trim()));
}

// What sticks out of its card, though the page itself does not scroll; and numbers that are broken in two.
async function stickingOut(page) {
  return page.evaluate(() => [
    ...[...document.querySelectorAll('.card .tbl')].filter((box) => box.scrollWidth > box.clientWidth + 1).map(() => 'a table'),
    ...[...document.querySelectorAll('td .code')].filter((code) => code.getClientRects().length > 1).map((code) => code.textContent),
  ]);
}

async function judge(person, name) {
  const { page } = person;
  const faults = [];
  for (const { viewport, colorScheme } of views) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    for (const violation of found.violations)
      faults.push(`${name} ${viewport.width} ${colorScheme}: ${violation.id} at ${violation.nodes.map((node) => node.target).join(', ')}`);
    if (await overflow(page) > 0) faults.push(`${name} ${viewport.width}: scrolls sideways`);
    for (const what of await stickingOut(page)) faults.push(`${name} ${viewport.width}: ${what} runs out of its card or is broken`);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  if (await overflow(page) > 0) faults.push(`${name} 320: scrolls sideways`);
  for (const cell of await crowdedCells(page)) faults.push(`${name}: a folded cell with more than one thing in it: ${cell}`);
  const narrow = await page.evaluate(() => document.querySelector('main').clientWidth / document.documentElement.clientWidth);
  if (narrow < 0.5) faults.push(`${name}: the page has ${narrow} of the window`);
  if (await page.locator('h1').count() !== 1) faults.push(`${name}: ${await page.locator('h1').count()} h1`);
  const title = await page.title();
  if (!title.endsWith('– mypartner')) faults.push(`${name}: title «${title}»`);
  const hasError = await page.locator('.msg.bad').count() > 0;
  if (hasError !== title.startsWith('Error: ')) faults.push(`${name}: title «${title}» while the page ${hasError ? 'shows' : 'does not show'} an error`);
  return faults;
}

const scenes = {};
for (const [account, paths] of Object.entries(states)) {
  scenes[`${account || 'a visitor'}: ${paths.join(' ')}`] = async ({ open, srv }) => {
    // axe needs to run its own script, which the policy of our pages forbids; a second context hears what the policy says.
    const person = await open(account || 'visitor', { bypassCSP: true });
    const strict = await Person.open(srv, account || 'visitor');
    const complaints = [];
    strict.page.on('console', (message) => complaints.push(message.text()));
    if (account) { await signIn(person); await signIn(strict); complaints.length = 0; }
    const faults = [];
    for (const wanted of paths) {
      const path = await pathOf(person, wanted);
      const response = await person.visit(path);
      const name = `${account || 'visitor'} ${path}`;
      const report = await html.validateString(await response.text());
      for (const result of report.results)
        for (const message of result.messages) faults.push(`${name} line ${message.line}: ${message.message} (${message.ruleId})`);
      faults.push(...await judge(person, name));
      await strict.visit(path);
    }
    const expected = complaints.filter((text) => !/status of (4\d\d|503)/.test(text));
    faults.push(...expected.map((text) => `console: ${text}`));
    await strict.close();
    assert.deepEqual(faults, []);
  };
}

// The picture of the README, made anew by each run below build/ and copied with SHOTS=update.
scenes['a picture of My Partner'] = async ({ signedIn }) => {
  const person = await signedIn('waiting', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const shot = await person.page.screenshot();
  assert.ok(shot.length > 10_000);
  if (process.env.SHOTS === 'update') {
    const folder = fileURLToPath(new URL('./shots/', import.meta.url));
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}my-partner.png`, shot);
  }
};

story(scenes);
