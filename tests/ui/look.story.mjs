// script: on only
// Every state of tests/ui/states in a real browser. By default each state once, with language, width and colours dealt out so that
// all pairs of them occur; FULL=1 shows each state in the language LANGUAGE and judges it in every width and both colours.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { closeBrowser, Person } from '../e2e/lib/person.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { axeFaults, htmlFaults, inspect, look, nothing, overflow, printFaults, reading, reflowFaults, sticking, tabFaults, targetFaults, wordFaults } from './lib/judge.mjs';
import { readRoutes, readStates, readUnreachable, Stage } from './lib/states.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = process.env.BUILD ?? join(root, 'build/release');
const results = process.env.RESULTS ?? join(root, 'build/ui');
const full = process.env.FULL === '1', language = process.env.LANGUAGE ?? 'en';
const texts = process.env.TEXTS_RUN;                     // a run with texts that are only for tests: it judges the layout alone
// An orthogonal array: every two of language, width and colours meet in all their ways.
const DEALT = [
  { lang: 'en', width: 1280, scheme: 'light' }, { lang: 'zh-Hans', width: 375, scheme: 'light' },
  { lang: 'zh-Hans', width: 1280, scheme: 'dark' }, { lang: 'en', width: 375, scheme: 'dark' },
];
const LEADS = ['/', '/disassociate', '/customers/{no}/disassociate'];   // these only lead to other pages
const FIRST_VISIT = { bytes: 12_000, requests: 4 };
const HTML_BYTES_MAX = 8_000;
const VIEWS = [1280, 375].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));

const states = await readStates();
const once = new Set();
const shown = full || texts || process.env.ONLY ? states : states.filter(({ line }) => !once.has(line) && once.add(line));
const seenRoutes = new Set(), seenRoles = new Set(), seenPages = new Set(), titles = new Map();
const tally = { listed: 0, states: 0, views: 0, axe: 0, tab: 0, reflow: 0, targets: 0, errorWords: 0, english: 0, titles: 0, paper: 0, grade: 0, longest: 0, faults: 0, consoleReports: 0, htmlFaults: 0,
  firstVisitBytes: 0, firstVisitRequests: 0, htmlBytes: 0, scripts: 0, prints: 0 };
let server, stage;

async function judgeView(page, name, view, isFull) {
  const where = `${view.width} ${view.scheme}`;
  await look(page, view);
  const faults = await axeFaults(page);
  tally.axe += faults.length;
  if (await overflow(page) > 0) faults.push('scrolls sideways');
  faults.push(...await sticking(page), ...await targetFaults(page, view));
  if (isFull && view.scheme === 'light') faults.push(...await tabFaults(page));
  tally.views++;
  return faults.map((fault) => `${where}: ${fault}`);
}

// Which goal each fault belongs to.
function count(faults) {
  const of = (pattern) => faults.filter((fault) => pattern.test(fault)).length;
  tally.faults += faults.length;
  tally.reflow += of(/scrolls sideways|runs out of its box/);
  tally.tab += of(/Tab comes to/);
  tally.targets += of(/px, less than/);
  tally.errorWords += of(/stands at the top|leads to #/);
  tally.english += of(/^English: /);
  tally.titles += of(/^\d+ h1$|^title «|^has the title of|^(shows|does not show) an error/);
  tally.paper += of(/on paper/);
}

async function judge(state, lang, views) {
  stage.lang = lang;
  const { person, answer, html, logged } = await stage.show(state);
  const { page } = person;
  if (logged?.route) { seenRoutes.add(`${logged.method === 'HEAD' ? 'GET' : logged.method} ${logged.route}`); seenPages.add(logged.page); seenRoles.add(`${logged.route} ${state.role}`); }
  const said = stage.complaints.splice(0).filter((text) => !/status of (4\d\d|503)/.test(text));
  if (texts) {
    const faults = [];
    for (const width of [1280, 375]) {
      await look(page, { width, scheme: 'light' });
      if (await overflow(page) > 0) faults.push(`scrolls sideways at ${width}`);
      faults.push(...(await sticking(page)).map((fault) => `${width}: ${fault}`));
    }
    faults.push(...await reflowFaults(page, [320]));
    tally.states++;
    count(faults);
    return nothing(faults);
  }
  const wrong = await htmlFaults(html);
  const faults = [...said, ...wrong];
  tally.consoleReports += said.length;
  tally.htmlFaults += wrong.length;
  tally.htmlBytes = Math.max(tally.htmlBytes, gzipSync(html, { level: 4 }).length);   // as the goal has it; pages go out as they are
  tally.scripts += (html.match(/<script/g) ?? []).length;
  for (const view of views) faults.push(...await judgeView(page, state.name, view, full));
  const found = await inspect(page);
  faults.push(...wordFaults(state, found, { lang }));
  if (lang === 'en') { const { grade, longest } = reading(found.blocks); tally.grade = Math.max(tally.grade, grade); tally.longest = Math.max(tally.longest, longest.length); }
  const other = titles.get(`${lang} ${found.title}`);
  // The step with the code is the same in every flow, and says so; the web server's own pages stand for those of the program.
  const isCode = (page) => /_(verify|code)$/.test(page), isError = (page) => page === 'error' || page === 'static';
  if (other && other !== state.page && !isError(state.page) && !(isCode(other) && isCode(state.page))) faults.push(`has the title of ${other}: «${found.title}»`);
  titles.set(`${lang} ${found.title}`, state.page);
  faults.push(...await reflowFaults(page, full ? [320, 256] : [256]));   // 320 comes with text spacing, too
  if (state.prints) { faults.push(...await printFaults(page, state.prints)); tally.prints++; }
  tally.states++;
  count(faults);
  nothing(faults);
}

before(async () => {
  tally.listed = shown.length;
  server = await Server.start();
  stage = new Stage(server, { lang: language });
});
after(async () => {
  await mkdir(results, { recursive: true });
  await writeFile(join(results, `look-${texts ?? (full ? language : 'dealt')}.json`), JSON.stringify(tally));
  await stage.close();
  await closeBrowser();
  await server?.stop();
});

for (const [i, state] of shown.entries()) {
  const dealt = DEALT[i % DEALT.length];
  test(state.name, () => judge(state, full || texts ? language : dealt.lang, full ? VIEWS : [dealt]).finally(() => stage.revive()));
}

// What the first visit of a browser that has nothing of ours costs on the wire.
if (!process.env.ONLY && !texts) test('a first visit is light, and no page brings a script', async () => {
  const visitor = await Person.open(server, 'visitor');
  const cdp = await visitor.context.newCDPSession(visitor.page);
  await cdp.send('Network.enable');
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => { tally.firstVisitRequests++; tally.firstVisitBytes += encodedDataLength; });
  await visitor.page.goto(`${server.origin}/sign-in`, { waitUntil: 'networkidle' });
  await visitor.context.close();
  assert.ok(tally.firstVisitBytes <= FIRST_VISIT.bytes, `${tally.firstVisitBytes} bytes`);
  assert.ok(tally.firstVisitRequests <= FIRST_VISIT.requests, `${tally.firstVisitRequests} requests`);
  assert.equal(tally.scripts, 0);
  assert.ok(tally.htmlBytes <= HTML_BYTES_MAX, `${tally.htmlBytes} bytes of compressed HTML`);
});

// The list is whole: each page that the program can show has a state for each role that may enter it.
if (!process.env.ONLY && !texts) test('every route and every template has a state', async () => {
  const missing = [];
  for (const { method, pattern, roles } of readRoutes(build)) {
    if (method !== 'GET' || /\.svg$|\/(json|file)$/.test(pattern) || LEADS.includes(pattern)) continue;
    if (!seenRoutes.has(`GET ${pattern}`)) missing.push(`GET ${pattern}`);
    for (const role of full ? roles : []) if (role !== '-' && !seenRoles.has(`${pattern} ${role}`)) missing.push(`GET ${pattern} as ${role}`);
  }
  for (const file of await readdir(join(root, 'templates')))
    if (/^(?!part_|layout).*\.html$/.test(file) && !seenPages.has(file.slice(0, -5))) missing.push(file);
  const unreachable = await readUnreachable();
  assert.deepEqual(missing.filter((one) => !unreachable.includes(one)), [], 'add a line to tests/ui/states');
});
