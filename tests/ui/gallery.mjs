// Pictures of every state, with contact sheets: build/gallery/index.html, and sheet-*.png for a glance.
//   node tests/ui/gallery.mjs     ONLY='re': only these states; SHOTS=update: the README's picture, too
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeBrowser, openBrowser } from '../e2e/lib/person.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { look } from './lib/judge.mjs';
import { readStates, Stage } from './lib/states.mjs';

const out = join(fileURLToPath(new URL('../../', import.meta.url)), 'build/gallery');
const SETS = [
  { name: 'en-1280-light', lang: 'en', width: 1280, scheme: 'light' }, { name: 'en-375-dark', lang: 'en', width: 375, scheme: 'dark' },
  { name: 'zh-1280-dark', lang: 'zh-Hans', width: 1280, scheme: 'dark' }, { name: 'zh-375-light', lang: 'zh-Hans', width: 375, scheme: 'light' },
];
const COLUMNS = { 1280: 5, 375: 10 }, TILE_PX = { 1280: 380, 375: 190 }, ROWS = 4;
const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const fileOf = (state, set) => `${state.name.replace(/[^\w.-]+/g, '-')}-${set.name}.png`;

if (!process.env.ONLY) await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const states = await readStates();
const failed = [];
let pictures = 0;
for (const lang of new Set(SETS.map((set) => set.lang))) {
  const server = await Server.start();
  const stage = new Stage(server, { lang });
  for (const state of states) {
    try {
      const { person } = await stage.show(state);
      for (const set of SETS.filter((one) => one.lang === lang)) {
        await look(person.page, set);
        await person.page.setViewportSize({ width: set.width, height: await person.page.evaluate(() => document.documentElement.scrollHeight) });
        await person.page.evaluate(() => window.scrollTo(0, 0));
        await person.page.screenshot({ path: join(out, fileOf(state, set)) });   // fullPage would forget that it is touched
        pictures++;
      }
    } catch (error) { failed.push(`${lang} ${state.name}: ${error.message.split('\n')[0]}`); await stage.revive(); }
  }
  await stage.close();
  await server.stop();
}

const page = await (await openBrowser()).newPage();
let html = '<!DOCTYPE html><meta charset="utf-8"><title>mypartner: every state</title><style>body{font:14px system-ui;margin:1rem}' +
  '.s{display:flex;flex-wrap:wrap;gap:12px;align-items:start}figure{margin:0}figcaption{font-size:12px}img{border:1px solid #888;display:block}</style>' +
  '<h1>mypartner: every state</h1>';
for (const set of SETS) {
  const tile = (state) => `<figure><a href="${fileOf(state, set)}"><img loading="lazy" width="${TILE_PX[set.width]}" src="${fileOf(state, set)}" alt=""></a><figcaption>${escape(state.name)}</figcaption></figure>`;
  html += `<h2>${set.name}</h2><div class="s">${states.map(tile).join('')}</div>`;
  const perSheet = COLUMNS[set.width] * ROWS;
  for (let i = 0; i * perSheet < states.length; i++) {
    const part = states.slice(i * perSheet, (i + 1) * perSheet);
    const sheet = join(out, `.sheet-${set.name}-${i + 1}.html`);
    await writeFile(sheet, `<meta charset="utf-8"><style>body{margin:8px;font:13px system-ui;background:#777;color:#fff;display:grid;gap:10px;grid-template-columns:repeat(${COLUMNS[set.width]},${TILE_PX[set.width]}px)}figure{margin:0}img{width:100%;max-height:900px;object-fit:cover;object-position:top}a{color:inherit}</style>${part.map(tile).join('')}`.replaceAll('loading="lazy"', ''));
    await page.setViewportSize({ width: COLUMNS[set.width] * (TILE_PX[set.width] + 10) + 20, height: 800 });
    await page.goto(`file://${sheet}`);
    await page.screenshot({ path: join(out, `sheet-${set.name}-${i + 1}.png`), fullPage: true });
    await rm(sheet);
  }
}
await writeFile(join(out, 'index.html'), html);
if (!process.env.ONLY) {
  await mkdir(join(out, '../ui'), { recursive: true });
  await writeFile(join(out, '../ui/gallery.json'), JSON.stringify({ states: states.length, sets: SETS.length, pictures }));
}
if (process.env.SHOTS === 'update')
  await copyFile(join(out, 'my_partner-waiting-en-1280-light.png'), fileURLToPath(new URL('../e2e/shots/my-partner.png', import.meta.url)));
await closeBrowser();
console.log(`${states.length} states in ${SETS.length} sets: ${join(out, 'index.html')}`);
for (const text of failed) console.log(`NOT SHOWN ${text}`);
process.exitCode = failed.length > 0 ? 1 : 0;
