// Lighthouse on every page that opens by its address: performance, accessibility and best practices, mobile and desktop, the median
// of RUNS (3). PAGES='re' only these. Writes build/ui/lighthouse.json; ends with 1 when a median is below 100.
import { mkdir, writeFile } from 'node:fs/promises';
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
const pages = new Map();
for (const state of await readStates())
  if (state.steps.length === 1 && state.steps[0].startsWith('/') && !state.status && wanted.test(state.name) && !pages.has(state.page)) pages.set(state.page, state);

const port = await new Promise((done) => { const probe = createServer().listen(0, '127.0.0.1', () => { const { port: free } = probe.address(); probe.close(() => done(free)); }); });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`] });
const server = await Server.start();
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

const results = [];
let bad = 0;
for (const state of pages.values()) {
  const person = await stage.person(state.who);
  const cookie = (await person.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const form of ['mobile', 'desktop']) {
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measure(server.origin + state.steps[0], form, { Cookie: cookie }));
    const scores = GOALS.map((_, i) => median(runs.map((run) => run.scores[i])));
    const result = { page: state.page, who: state.who, form, scores, lcp: Math.round(median(runs.map((run) => run.lcp))), cls: median(runs.map((run) => run.cls)) };
    results.push(result);
    if (scores.some((score) => score < 100)) bad++;
    console.log(`${scores.join('/').padEnd(12)} LCP ${String(result.lcp).padStart(5)} ms  CLS ${result.cls.toFixed(3)}  ${form.padEnd(8)} ${state.page} ${runs.flatMap((run) => run.missed).filter((id, i, all) => all.indexOf(id) === i).join(' ')}`);
  }
}
await mkdir(join(root, 'build/ui'), { recursive: true });
await writeFile(join(root, 'build/ui/lighthouse.json'), JSON.stringify({ runs: RUNS, pages: pages.size, results }));
await stage.close();
await browser.close();
await server.stop();
console.log(`${results.length - bad} passed, ${bad} failed`);
process.exit(bad > 0 ? 1 : 0);
