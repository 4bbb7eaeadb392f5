// Lighthouse on every page, where a state of it can be opened by its address: performance, accessibility and best practices, mobile and desktop, the median
// of RUNS (3). PAGES='re' only these; AGAIN=1 only those that build/ui/lighthouse.json has below 100 (a busy machine costs
// performance). Writes build/ui/lighthouse.json, page by page; ends with 1 when a median is below 100.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { Server } from '../e2e/lib/server.mjs';
import { Stage, readStates } from './lib/states.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const resolve = createRequire(join(root, 'tests/lighthouse/package.json')).resolve;
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(resolve('lighthouse')));
const RUNS = Number(process.env.RUNS ?? 3), TRIES = 3;
const GOALS = ['performance', 'accessibility', 'best-practices'];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const wanted = new RegExp(process.env.PAGES ?? '.');
const file = join(root, 'build/ui/lighthouse.json');
const isLow = ({ scores }) => scores.some((score) => score < 100);
const before = process.env.AGAIN ? JSON.parse(await readFile(file, 'utf8')).results : [];
const low = new Set(before.filter(isLow).map(({ page }) => page));
const states = await readStates();
const isMeant = (state) => !state.status && !state.isError && !['error', 'static'].includes(state.page) && wanted.test(state.page) &&
  (!process.env.AGAIN || low.has(state.page));
const left = new Set(states.filter(isMeant).map(({ page }) => page));

const port = await new Promise((done) => { const probe = createServer().listen(0, '127.0.0.1', () => { const { port: free } = probe.address(); probe.close(() => done(free)); }); });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`] });
const server = await Server.start({ asDelivered: true });
const stage = new Stage(server, { lang: 'en' });

// A run that saw no paint has no score: it is tried again.
async function measure(url, form, headers) {
  for (let i = 0; i < TRIES; i++) {
    const { lhr } = await lighthouse(url, { port, logLevel: 'silent', output: 'json', onlyCategories: GOALS, extraHeaders: headers, disableStorageReset: true },
      form === 'desktop' ? desktopConfig : undefined);
    const scores = GOALS.map((goal) => Math.round(lhr.categories[goal].score * 100));
    if (lhr.categories.performance.score !== null)
      return { scores, lcp: lhr.audits['largest-contentful-paint'].numericValue, cls: lhr.audits['cumulative-layout-shift'].numericValue,
        missed: Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode === 'binary').map((audit) => audit.id) };
  }
  return { scores: [0, 0, 0], lcp: Infinity, cls: 1, missed: ['no paint'] };
}

const results = before.filter(({ page }) => !left.has(page));
await mkdir(join(root, 'build/ui'), { recursive: true });
// The whole list is gone through, because states build on those before them; the first of each page that has an address is measured.
for (const state of states) {
  if (left.size === 0) break;
  const shown = await stage.show(state).catch((error) => { console.log(`not shown    ${state.name}: ${error.message.split('\n')[0]}`); });
  if (!shown) await stage.revive();
  if (!shown || !isMeant(state) || !left.has(state.page) || shown.answer.request().method() !== 'GET') continue;
  left.delete(state.page);
  const address = shown.answer.url();
  const cookie = (await shown.person.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const form of ['mobile', 'desktop']) {
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measure(address, form, { Cookie: cookie }));
    const scores = GOALS.map((_, i) => median(runs.map((run) => run.scores[i])));
    const result = { page: state.page, who: state.who, form, scores, lcp: Math.round(median(runs.map((run) => run.lcp))), cls: median(runs.map((run) => run.cls)) };
    results.push(result);
    await writeFile(file, JSON.stringify({ runs: RUNS, pages: new Set(results.map(({ page }) => page)).size, left: [...left], results }));
    console.log(`${scores.join('/').padEnd(12)} LCP ${String(result.lcp).padStart(5)} ms  CLS ${result.cls.toFixed(3)}  ${form.padEnd(8)} ${state.page} ${runs.flatMap((run) => run.missed).filter((id, i, all) => all.indexOf(id) === i).join(' ')}`);
  }
}
await stage.close();
await browser.close();
await server.stop();
for (const page of left) console.log(`not measured ${page}`);
const bad = results.filter(isLow).length + left.size;
console.log(`${results.length - bad} passed, ${bad} failed`);
process.exit(bad > 0 ? 1 : 0);
