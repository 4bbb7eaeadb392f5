// What must hold on every page in every state. Each check gives sentences about what is wrong; none is thrown.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HtmlValidate } from 'html-validate';

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// What may stand in English on a Chinese page: english.txt, what the demo's people are called and wrote, what the states type.
const source = (path) => readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const ENGLISH = [
  ...(await source('tests/ui/english.txt')).split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  ...(await Promise.all(['accounts', 'facts', 'stories', 'visit'].map((part) => source(`sbin/demo_${part}.c`)))).flatMap((text) =>
    (text.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((literal) => literal.slice(1, -1))),
  ...((await source('tests/ui/states')).match(/(?<== ?|=)[A-Z][A-Za-z .]{3,}(?= ;|\n)/g) ?? []),
].filter((text) => /[A-Za-z]{2,}/.test(text) && (text.length > 3 || /^[A-Z]+$/.test(text))).sort((a, b) => b.length - a.length);
const TOUCH_BELOW_PX = 600, RING_PX = 3, TARGET_PX = 24, BUTTON_PX = 44, GRADE_MAX = 8, SENTENCE_MAX = 25, STOPS_MAX = 400;
const SPACING = '*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}';

const html = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'long-title': 'off', 'no-trailing-whitespace': 'off', 'void-style': 'off', 'tel-non-breaking': 'off', 'require-sri': 'off',
    'prefer-native-element': 'off',       // role="status" and "alert" on sections are meant
    'aria-label-misuse': ['error', { allowAnyNamable: true }], 'no-inline-style': 'error', 'valid-autocomplete': 'error',
  },
});

export async function htmlFaults(text) {
  const report = await html.validateString(text);
  return report.results.flatMap((result) => result.messages.map((message) => `line ${message.line}: ${message.message} (${message.ruleId})`));
}

// Text within a drawing has no background that axe could find: its colours are those that contrast.mjs judges.
// axe through the debugger, which the page's policy does not bind: the page itself stays as strict as for everybody.
export async function axeFaults(page) {
  const cdp = await page.context().newCDPSession(page);
  try {
    const { result: { value: isThere } } = await cdp.send('Runtime.evaluate', { expression: 'typeof axe === "object"' });
    if (!isThere) await cdp.send('Runtime.evaluate', { expression: AXE, returnByValue: false });   // once in a document
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', { awaitPromise: true, returnByValue: true,
      expression: `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations', 'incomplete'] })
        .then(({ violations, incomplete }) => [...violations.map((v) => ['violation', v]), ...incomplete.map((v) => ['incomplete', v])]
        .map(([kind, v]) => [kind, { id: v.id, nodes: v.nodes.filter((node) => kind === 'violation' || v.id !== 'color-contrast' || document.querySelector(node.target[0])?.closest('svg') == null) }])
        .filter(([, v]) => v.nodes.length > 0)
        .map(([kind, v]) => kind + ' ' + v.id + ' at ' + v.nodes.map((node) => node.target.join(' ') + ' (' + (node.any[0]?.message ?? '') + ')').slice(0, 3).join(', ')))` });
    if (exceptionDetails) return [`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`];
    return result.value;
  } finally { await cdp.detach(); }
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// What sticks out of its card though the page does not scroll, what is broken in two, what a folded cell crowds, and a page that
// stands in a corner of the window.
export const sticking = (page) => page.evaluate(() => [
  ...[...document.querySelectorAll('main')].map((main) => main.clientWidth / document.documentElement.clientWidth).filter((share) => share < 0.5)
    .map((share) => `the page has ${share.toFixed(2)} of the window`),
  ...[...document.querySelectorAll('td .btn, td .badge')]
    .filter((box) => box.offsetParent && box.textContent.trim().length <= 12 && getComputedStyle(box.closest('td')).display === 'table-cell' && box.clientHeight > 2 * parseFloat(getComputedStyle(box).fontSize) + 16)
    .map((box) => `«${box.textContent.trim()}» takes two lines of its table`),
  ...[...document.querySelectorAll('.card .tbl, .bar, .side, .steps, .acts, .btn, .badge')].filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth + 2)
    .map((box) => `${box.className} «${box.textContent.trim().slice(0, 30)}» runs out of its box`),
  ...[...document.querySelectorAll('td .code')].filter((code) => code.getClientRects().length > 1).map((code) => `${code.textContent} is broken in two`),
  ...[...document.querySelectorAll('.fold td')]
    .filter((cell) => [...cell.childNodes].filter((node) => node.nodeType === 1 || node.textContent.trim() !== '').length > 1)
    .map((cell) => `a folded cell with more than one thing in it: ${cell.textContent.trim()}`),
]);

// Narrow windows, and text spaced as WCAG 1.4.12 has it. The window stays narrow.
export async function reflowFaults(page, widths = [320, 256]) {
  const faults = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 700 });
    const by = await overflow(page);
    if (by > 0) faults.push(`scrolls sideways by ${by} px at ${width} px`);
    faults.push(...(await sticking(page)).map((fault) => `${width} px: ${fault}`));
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const cdp = await page.context().newCDPSession(page);
  try {
    await cdp.send('DOM.enable'); await cdp.send('CSS.enable');
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const { styleSheetId } = await cdp.send('CSS.createStyleSheet', { frameId: frameTree.frame.id });
    await cdp.send('CSS.setStyleSheetText', { styleSheetId, text: SPACING });
    const by = await overflow(page);
    if (by > 0) faults.push(`scrolls sideways by ${by} px at 320 px with text spacing`);
    await cdp.send('CSS.setStyleSheetText', { styleSheetId, text: '' });
  } finally { await cdp.detach(); }
  return faults;
}

// Sizes of what is pressed; links in the middle of a sentence are as high as it (WCAG 2.5.8).
export const targetFaults = (page, { width }) => page.evaluate(({ touch, small, button }) => {
  const faults = [];
  for (const element of document.querySelectorAll('a[href], button, select, textarea, summary, input:not([type=hidden])')) {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility({ visibilityProperty: true }) || box.width < 2 || element.classList.contains('skip')) continue;
    const name = (element.innerText || element.name || '').trim().slice(0, 40);
    const isText = element.localName === 'a' && getComputedStyle(element).display === 'inline';
    const least = touch && element.matches('button, .btn, select, input:not([type=checkbox]):not([type=radio])') ? button : small;
    if (isText ? false : box.height < least - 0.5 || box.width < small - 0.5)
      faults.push(`${element.localName} «${name}» is ${Math.round(box.width)}×${Math.round(box.height)} px, less than ${least}`);
  }
  return faults;
}, { touch: width < TOUCH_BELOW_PX, small: TARGET_PX, button: BUTTON_PX });

// Words, headings, errors: one look at the document.
export const inspect = (page) => page.evaluate(() => {
  const visible = (element) => element.checkVisibility({ visibilityProperty: true });
  const main = document.querySelector('main') ?? document.body;
  const blocks = [];
  for (const element of main.querySelectorAll('p, li, dd, h1, h2, h3, legend, summary, label')) {
    if (!visible(element) || element.querySelector('p, li, dd, h2, h3, a.btn, table')) continue;
    const copy = element.cloneNode(true);
    for (const part of copy.querySelectorAll('.vh, .badge, .code, cite, bdi, [dir=auto], svg')) part.remove();
    blocks.push({ text: copy.textContent.replace(/\s+/g, ' ').trim(), tag: element.localName });
  }
  const foreign = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const language = document.documentElement.lang;
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest('script, style, bdi, [dir=auto], [dir=ltr], .code') || !parent.closest(`[lang]`)?.lang.startsWith(language)) continue;
    if (/[A-Za-z]{2,}/.test(walker.currentNode.data)) foreign.push(walker.currentNode.data.trim());
  }
  for (const element of document.querySelectorAll('[aria-label], [alt], [placeholder], [title], [data-l]'))
    for (const name of ['aria-label', 'alt', 'placeholder', 'title', 'data-l'])
      if (/[A-Za-z]{2,}/.test(element.getAttribute(name) ?? '')) foreign.push(element.getAttribute(name));
  const summary = [...document.querySelectorAll('.msg.bad li a')].map((a) => ({ text: a.innerText.trim(), to: a.getAttribute('href').slice(1) }));
  return {
    title: document.title, language, headings: document.querySelectorAll('h1').length, blocks, foreign,
    hasError: document.querySelector('.msg.bad') !== null,
    summary: summary.map(({ text, to }) => {
      const field = document.getElementById(to);
      const beside = (field?.getAttribute('aria-describedby') ?? field?.closest('fieldset')?.getAttribute('aria-describedby') ?? '').split(' ')
        .concat((field?.closest('fieldset')?.getAttribute('aria-describedby') ?? '').split(' ')).map((id) => document.getElementById(id)?.innerText.trim());
      return { text, to, found: field !== null, isField: field?.matches('input, select, textarea, button') ?? false, beside: beside.filter(Boolean) };
    }),
  };
});

function syllables(word) {
  const text = word.toLowerCase().replace(/(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$/, (end) => end[0]).replace(/^y/, '');
  return Math.max(1, (text.match(/[aeiouy]{1,2}/g) ?? []).length);
}

// The grade of the Flesch-Kincaid formula over the page's sentences, and the longest of them.
export function reading(blocks) {
  const sentences = blocks.filter(({ tag }) => tag === 'p' || tag === 'li' || tag === 'dd').flatMap(({ text }) => text.split(/(?<=[.?!:])\s+/))
    .map((text) => text.match(/[A-Za-z][A-Za-z’'-]*/g) ?? []).filter((words) => words.length > 3);
  const words = sentences.flat();
  if (words.length < 40) return { grade: 0, longest: [], words: words.length };
  const grade = 0.39 * words.length / sentences.length + 11.8 * words.reduce((sum, word) => sum + syllables(word), 0) / words.length - 15.59;
  return { grade, longest: sentences.reduce((a, b) => (b.length > a.length ? b : a), []), words: words.length };
}

// What is left of a text when everything that may stand there in English is taken out.
export function englishIn(text) {
  let rest = text.replace(/\b[0-9a-f]{64}\b|[\w.*+-]+@[\w.-]+|https?:\/\/\S+|\b[A-Z]\w+(?:\/[A-Z]\w+)+|[A-Z]{1,3}-?\d[\w-]*/g, ' ');
  for (const known of ENGLISH) rest = rest.split(known).join(' ');
  return /[A-Za-z]{2,}/.test(rest) ? rest.replace(/\s+/g, ' ').trim() : '';
}

export function wordFaults(state, found, { lang }) {
  const faults = [];
  if (found.headings !== 1) faults.push(`${found.headings} h1`);
  if (!found.title.endsWith('– mypartner')) faults.push(`title «${found.title}»`);
  const prefix = { en: 'Error: ', 'zh-Hans': '错误：' }[lang];
  if (prefix && found.title.startsWith(prefix) !== found.hasError) faults.push(`title «${found.title}» while the page ${found.hasError ? 'has' : 'has no'} error`);
  if (found.hasError !== state.isError) faults.push(`${found.hasError ? 'shows' : 'does not show'} an error`);
  if (lang && found.language !== lang && state.page !== 'static') faults.push(`lang="${found.language}"`);
  for (const { text, to, found: exists, isField, beside } of found.summary) {
    if (!exists) faults.push(`«${text}» leads to #${to}, which is not there`);
    else if (isField && !beside.some((words) => words === text)) faults.push(`«${text}» stands at the top, beside #${to}: ${beside.join(' / ')}`);
  }
  if (lang === 'en' && state.page !== 'static') {
    const { grade, longest, words } = reading(found.blocks);
    if (grade > GRADE_MAX) faults.push(`reading grade ${grade.toFixed(1)} in ${words} words`);
    if (longest.length > SENTENCE_MAX) faults.push(`a sentence of ${longest.length} words: ${longest.join(' ')}`);
  }
  if (lang === 'zh-Hans' && state.page !== 'static')
    for (const text of found.foreign) if (englishIn(text)) faults.push(`English: ${englishIn(text)}`);
  return faults;
}

// Tab from the top to the end: every control is come to, in sight, with a ring that is seen.
export async function tabFaults(page) {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], button, select, textarea, summary, input:not([type=hidden]), [tabindex="0"]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled);
    const groups = new Set();
    let n = 0;
    for (const element of all) {
      if (element.type === 'radio') { const key = element.name; if (groups.has(key)) continue; groups.add(key); }
      element.dataset.stop = String(n++);
    }
    document.activeElement?.blur();
    window.getSelection()?.removeAllRanges();
    return n;
  });
  const faults = [], seen = new Set();
  let last;
  for (let i = 0; i < STOPS_MAX && seen.size < wanted; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((ring) => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const radio = element.type === 'radio' ? document.querySelector(`[name="${element.name}"][data-stop]`) : null;
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      const width = style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
      const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      return { id: (radio ?? element).dataset.stop ?? null, name: (element.innerText || element.name || '').trim().slice(0, 40), width, isSeen,
        isClear: /transparent|, 0\)$/.test(style.outlineColor), ok: width >= ring && isSeen };
    }, RING_PX);
    if (!stop) continue;
    if (stop.id !== null && stop.id !== last && seen.has(stop.id)) break;   // a date is several stops in one control
    last = stop.id;
    seen.add(stop.id);
    if (!stop.ok || stop.isClear) faults.push(`Tab comes to «${stop.name}» with a ring of ${stop.width} px${stop.isSeen ? '' : ', out of sight'}`);
  }
  seen.delete(null);
  if (seen.size < wanted) faults.push(`Tab comes to ${seen.size} of ${wanted} controls`);
  return faults;
}

// On paper: so many sheets of A4, dark ink on white also for who reads in dark colours, without what is for pressing.
export async function printFaults(page, sheets) {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const faults = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('.bar, .side, .crumbs, .acts, .steps, .tools, .pager')].filter((element) => element.checkVisibility());
    const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    const { backgroundColor, color } = getComputedStyle(document.documentElement);
    return [...shown.map((element) => `prints .${element.className}`),
      ...(light(backgroundColor) > 250 && light(color) < 80 ? [] : [`prints ${color} on ${backgroundColor}`])];
  });
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  const n = (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
  if (n < 1 || n > sheets) faults.push(`prints on ${n} sheets instead of ${sheets}`);
  await page.emulateMedia({ media: null });
  return faults.map((fault) => `on paper: ${fault}`);
}

const debuggers = new WeakMap();

// A window of this width, in these colours; narrow ones are touched, wide ones pointed at.
export async function look(page, { width, scheme }) {
  if (!debuggers.has(page)) debuggers.set(page, await page.context().newCDPSession(page));
  await debuggers.get(page).send('Emulation.setTouchEmulationEnabled', { enabled: width < TOUCH_BELOW_PX, maxTouchPoints: 5 });
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
}

export function nothing(faults) { assert.deepEqual(faults, []); }
