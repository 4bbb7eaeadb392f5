// Contrast of the stylesheet's colours, in both themes: text at least 4.5 : 1, borders of controls at least 3 : 1 (WCAG 1.4.3, 1.4.11).
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const css = await readFile(new URL('static/console.css', root), 'utf8');
const COLOUR = '#[0-9a-f]{3,6}';
const plain = Object.fromEntries([...css.matchAll(new RegExp(`--([a-z-]+):(${COLOUR})[;}\\n]`, 'g'))].map(([, name, colour]) => [name, { light: colour, dark: colour }]).reverse());
const colours = { ...plain, ...Object.fromEntries([...css.matchAll(new RegExp(`--([a-z-]+):light-dark\\((${COLOUR}),(${COLOUR})\\)`, 'g'))].map(([, name, light, dark]) => [name, { light, dark }])) };

const PAIRS = [
  ...['text', 'muted', 'link'].flatMap((on) => ['bg', 'surface', 'sunken'].map((under) => [on, under, 4.5])),
  ['on-primary', 'primary', 4.5], ['on-primary', 'primary-hover', 4.5], ['on-bar', 'bar', 4.5], ['brand', 'bar', 3],
  ...['ok', 'warn', 'bad', 'info'].flatMap((tone) => [[tone, `${tone}-bg`, 4.5], [tone, 'surface', 4.5], ['text', `${tone}-bg`, 4.5]]),
  ['bad', 'bg', 4.5], ['line-strong', 'surface', 3], ['line-strong', 'bg', 3], ['bar-line', 'bar', 3], ['primary', 'surface', 3],
];

function luminance(hex) {
  const full = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join('') : hex.slice(1);
  const [r, g, b] = full.match(/../g).map((part) => parseInt(part, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
const least = { text: Infinity, border: Infinity };

for (const theme of ['light', 'dark'])
  for (const [on, under, wanted] of PAIRS)
    test(`${on} on ${under}, ${theme}`, () => {
      assert.ok(colours[on] && colours[under], `the stylesheet has no --${on} or --${under}`);
      const found = ratio(colours[on][theme], colours[under][theme]);
      least[wanted === 3 ? 'border' : 'text'] = Math.min(least[wanted === 3 ? 'border' : 'text'], found);
      assert.ok(found >= wanted, `${found.toFixed(2)} is less than ${wanted}`);
    });
after(async () => {
  await mkdir(fileURLToPath(new URL('build/ui', root)), { recursive: true });
  await writeFile(new URL('build/ui/contrast.json', root), JSON.stringify(least));
});
