// `make goals`: what was aimed at and what was measured, from the results that `make test-ui` wrote to build/ui.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFile(root + path, 'utf8').catch(() => null);
const json = async (name) => JSON.parse(await read(`build/ui/${name}.json`) ?? 'null');
const [en, zh, long, mirror, contrast, light, gallery] = await Promise.all(['look-en', 'look-zh-Hans', 'look-long', 'look-mirror', 'contrast', 'lighthouse', 'gallery'].map(json));
const looks = en && zh ? [en, zh] : [];                  // both languages, or nothing was measured
const isWhole = looks.length > 0 && looks.every((look) => look.states === look.listed);
const sum = (key) => (looks.length ? looks.reduce((all, look) => all + look[key], 0) : null);
const most = (key) => (looks.length ? Math.max(...looks.map((look) => look[key])) : null);
const css = gzipSync(await readFile(`${root}static/console.css`)).length;
const lines = async (name) => (await read(`build/ui/${name}`) ?? '').split('\n').filter(Boolean);
const actions = new Map((await lines('actions')).map((line) => line.split('\t')).map(([goal, n]) => [goal, Number(n)]));
// Each scene as it went the last time, in each way.
const scenes = [...new Map((await lines('scenes')).map((line) => line.split('\t')).map(([way, story, scene, outcome]) =>
  [`${way} ${story} ${scene}`, { way, story, scene, outcome }])).values()];
const WAYS = ['off', 'on', 'keyboard'];

// Goal 15: what may happen on the way, and the scene that shows how it ends.
const SITUATIONS = {
  'start and go on': ['recover', 'what was begun is gone on with, or begun anew'],
  'back, deep link': ['wizard', 'a later step leads to the first unfinished one; earlier ones open filled in'],
  'refresh': ['recover', 'a request that was submitted stays one, whatever is loaded again'],
  'double submit': ['wizard', 'a form sent twice makes one request, and both answers lead to it'],
  'two tabs': ['wizard', 'two tabs: the slower one is led to where the faster one is'],
  'two people': ['wizard', 'a second owner finds what the first began, and proves a code of its own'],
  'submitted elsewhere': ['recover', 'a request was submitted elsewhere meanwhile'],
  'partner’s request': ['recover', 'the partner’s request arrives in the middle'],
  'grant ran out': ['wizard', 'a code runs out; what it proved runs out; the reason stays'],
  'draft older than 24 h': ['wizard', 'a draft is kept for 24 hours and not longer'],
  'checks change': ['recover', 'a check fails before submitting: the reason stays, and no other code is asked for'],
  'cancel': ['recover', 'giving up asks only when something was typed, and counts nothing'],
  'session lost': ['wizard', 'a session that ends by time leads back to the same step; what was typed is kept, the code is proven again'],
  'open for days': ['recover', 'a page that was open for days keeps what was typed'],
};
// Goal 22.
const CODE_STEP = {
  'pasted with a blank': ['guide', 'mailonly and mobileonly are not asked to choose'],
  'full width, autofill, early, five wrong': ['wizard', 'wrong codes are counted down, then the code is dead; a new one works'],
  'expired': ['wizard', 'a code runs out; what it proved runs out; the reason stays'],
};
// How many of them were told in every way and went well each time; null: none was told.
function went(wanted) {
  const names = Object.keys(wanted);
  const runsOf = names.map((name) => scenes.filter(({ story, scene }) => story === wanted[name][0] && scene === wanted[name][1]));
  if (runsOf.every((runs) => runs.length === 0)) return null;
  const missed = names.filter((_, i) => !WAYS.every((way) => runsOf[i].some((run) => run.way === way)) || runsOf[i].some((run) => run.outcome !== 'passed'));
  return { text: `${names.length - missed.length} of ${names.length}, each in ${WAYS.length} ways${missed.length > 0 ? `; not: ${missed.join(', ')}` : ''}`, isMet: missed.length === 0 };
}
const recovered = went(SITUATIONS), proven = went(CODE_STEP);

const rows = [];
// measured null: nothing was measured yet.
const row = (no, goal, target, measured, isMet) => rows.push({ no, goal, target, measured: measured ?? '–', state: measured === null ? 'not measured' : isMet ? 'met' : 'NOT MET' });
const seen = looks.length ? `in ${sum('states')} states${isWhole ? '' : ` of ${sum('listed')}`}, ${sum('views')} views` : '';
const faults = (...keys) => (looks.length ? `${none(...keys)} ${seen}` : null);
const none = (...keys) => keys.reduce((all, key) => all + sum(key), 0);
const isClean = (...keys) => isWhole && none(...keys) === 0;
const told = (way, outcome) => scenes.filter((run) => run.way === way && run.outcome === outcome).length;
const wentIn = (way) => (scenes.some((run) => run.way === way) ? `${told(way, 'passed')} scenes passed, ${told(way, 'failed')} failed` : null);
const count = (goal) => actions.get(goal) ?? null;

row(1, 'axe, WCAG 2.2 AA and best practice', '0 violations, 0 incomplete', faults('axe'), isClean('axe'));
const scores = light?.results.map((one) => one.scores);
row(2, 'Lighthouse, median of ' + (light?.runs ?? 3), '100/100/100', scores ? `${[0, 1, 2].map((i) => Math.min(...scores.map((s) => s[i]))).join('/')} at least, ${scores.filter((s) => s.every((one) => one === 100)).length} of ${scores.length} at 100 (${light.pages} pages${light.left.length > 0 ? `, not ${light.left.length} more` : ''})` : null,
  light?.left.length === 0 && scores?.every((s) => s.every((one) => one === 100)));
row(3, 'first visit', '≤ 12 kB, ≤ 4 requests', looks.length ? `${most('firstVisitBytes')} B, ${most('firstVisitRequests')} requests` : null, most('firstVisitBytes') <= 12_000 && most('firstVisitRequests') <= 4);
row(4, 'HTML, CSS (gzip), JS', '≤ 8 kB, ≤ 6 kB, 0', looks.length ? `${most('htmlBytes')} B, ${css} B, ${sum('scripts')}` : null, most('htmlBytes') <= 8_000 && css <= 6_000 && sum('scripts') === 0);
row(5, 'works without script', 'every story', wentIn('off'), told('off', 'failed') === 0);
row(6, 'keyboard alone', 'every control, every story', wentIn('keyboard'), told('keyboard', 'failed') === 0 && isClean('tab'));
row(7, 'reflow at 320, 256, with text spacing', '0', faults('reflow'), isClean('reflow'));
row(8, 'targets', 'none < 24 px; buttons ≥ 44 on touch', faults('targets'), isClean('targets'));
row(9, 'contrast', 'text ≥ 4.5, borders ≥ 3', contrast ? `${contrast.text.toFixed(2)}, ${contrast.border.toFixed(2)}` : null, contrast?.text >= 4.5 && contrast?.border >= 3);
row(10, 'strict policy', '0 reports', faults('consoleReports'), isClean('consoleReports'));
row(11, 'valid HTML, one h1, titles', '0 errors', faults('htmlFaults', 'titles'), isClean('htmlFaults', 'titles'));
row(12, 'actions to leave', '≤ 9', count('leave'), count('leave') <= 9);
row(13, 'actions to mend a failed check', '≤ 3', count('currency'), count('currency') <= 3);
row(14, 'actions to answer', 'agree ≤ 7, reject ≤ 6', actions.has('agree') ? `${count('agree')}, ${count('reject')}` : null, count('agree') <= 7 && count('reject') <= 6);
row(15, 'recoverability', 'each situation a scene, none lost or doubled', recovered?.text ?? null, recovered?.isMet);
row(16, 'errors', 'the same words at the top and beside the field', faults('errorWords'), isClean('errorWords'));
row(17, 'reading grade, longest sentence', '≤ 8, ≤ 25 words', en ? `${en.grade.toFixed(1)}, ${en.longest} words` : null, en?.grade <= 8 && en?.longest <= 25);
row(18, 'languages', 'no English on Chinese pages; +40 % and right to left keep the layout',
  zh && long && mirror ? `${zh.english} texts; ${long.faults}, ${mirror.faults} faults` : null, zh?.english === 0 && long?.faults === 0 && mirror?.faults === 0);
const lcp = light && Math.max(...light.results.filter((one) => one.form === 'mobile').map((one) => one.lcp));
row(19, 'layout shift, largest paint (mobile)', '0, ≤ 1200 ms', light ? `${Math.max(...light.results.map((one) => one.cls)).toFixed(3)}, ${lcp} ms` : null, lcp <= 1200 && light?.left.length === 0 && light?.results.every((one) => one.cls === 0));
row(20, 'print', 'confirmations on one A4, the log without navigation', faults('paper')?.replace(/in .*/, `in ${sum('prints')} prints`) ?? null, isClean('paper'));
row(21, 'pictures', 'every state, two languages, widths, colours', gallery ? `${gallery.pictures} of ${gallery.states} states, ${gallery.sets} each` : null,
  gallery?.pictures === gallery?.states * gallery?.sets && gallery?.states === en?.states);
row(22, 'code step', 'paste, full width, autofill, early, wrong, expired', proven?.text ?? null, proven?.isMet);

const width = (key) => Math.max(...rows.map((one) => String(one[key]).length));
for (const one of rows) console.log(['no', 'goal', 'target', 'measured', 'state'].map((key) => String(one[key]).padEnd(width(key))).join('  ').trimEnd());
