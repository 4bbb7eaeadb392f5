// Two scanners that others wrote, wapiti and sqlmap, against the demo on loopback: as nobody and as each role.
//
//   SECONDS_EACH=120   longest crawl of wapiti for each role, and longest attack of each of its modules
//   ROLES=owner,ops    only these
//
// Wapiti crawls and attacks what it finds; findings of level 2 (medium) or higher fail, as do forms it says are open to forgery. Sqlmap
// tries each parameter of the pages that filter, and a form of each role with its token renewed: by what pages say and how they differ
// to the end, then by how long they take and by a second statement, for SECONDS_EACH. What a scanner says that is not so stands with
// its reason in `explained`.
//
// A scanner that sees nothing finds nothing: before and after the crawl the role's start page has its name on it, the crawl must have
// made `fewestRequests` and been shown `fewestPages` different pages as this person, and every address that sqlmap gets answers 200.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, formBody } from '../chaos/lib/client.mjs';
import { Site } from '../chaos/lib/site.mjs';

const run = promisify(execFile);
const secondsEach = process.env.SECONDS_EACH ?? '120';

const people = [
  { role: 'nobody', pages: ['/sign-in?next=x'] },
  { role: 'owner', login: 'clean', name: 'Clara Clean', pages: ['/operation-log?operation=x&from=2026-01-01&to=2026-12-31&before=x', '/subscriptions?return=x'] },
  { role: 'viewer', login: 'viewer', name: 'Vera Viewer', pages: ['/operation-log?operation=x&from=2026-01-01'] },
  { role: 'admin', login: 'partner', name: 'Paula Partner', pages: ['/customers?q=x&status=x&request=x&before=1', '/requests?tab=x&before=1', '/operation-log?customer=x'] },
  { role: 'manager', login: 'manager', name: 'Mark Manager', pages: ['/customers?q=x'] },
  { role: 'ops', login: 'ops', name: 'Olga Ops', isPlatform: true, pages: ['/escalations?after=1', '/freezes?after=1'] },
  { role: 'auditor', login: 'auditor', name: 'Audrey Auditor', isPlatform: true, pages: ['/audit-log?about=C-100001&operation=x&actor=ops%40demo.test&result=x&from=2026-01-01&before=1'] },
].filter(({ role }) => process.env.ROLES === undefined || process.env.ROLES.split(',').includes(role));

const fewestRequests = 100, fewestPages = 8, fewestPagesOfNobody = 4;

// What is said, and why it is not so.
const explained = [
  { what: /Secure Flag cookie/i, why: 'the demo is plain http on loopback; any other site has Secure and the prefix __Host-: tests/web/' },
  { what: /Strict-Transport-Security/i, why: 'the same: sent wherever cookies are secure, tests/web/test_http.c' },
  { what: /X-XSS-Protection/i, why: 'switched on a filter that browsers have dropped; the content security policy forbids all script' },
];

async function signedIn(site, notes, person) {
  const client = new Client(site, person.role, notes);
  if (person.login === undefined) {
    await client.get('/sign-in');
    return client;
  }
  await client.signIn(`${person.login}@demo.test`, 'demo-password-only');
  if (person.isPlatform) await client.enterCode();
  return client;
}

// What is wrong with what this person is shown; undefined: nothing.
async function blindness(client, person, when) {
  const page = await client.get(person.name === undefined ? '/sign-in' : '/');
  if (page.status !== 200) return `${when} the start page is answered with ${page.status}`;
  if (person.name !== undefined && !new RegExp(`<span class="who"[^>]*>${person.name}\\b`).test(page.body)) return `${when} the start page (${page.path}) does not say ${person.name}`;
  return undefined;
}

// The requests in the program's log.
async function logged(site) {
  return (await readFile(join(site.var, 'log/web.log'), 'utf8')).split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'request');
}

const cookieOf = (client) => [...client.cookies].map(([key, value]) => `${key}=${value}`).join('; ');

// Debian's wapiti of bookworm writes an expression for -x that its Python does not take.
const wapitiProgram = `import re, runpy
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile('.*'.join(map(re.escape, pattern.split('*'))) + '$', re.S)
runpy.run_path('/usr/bin/wapiti', run_name='__main__')`;

async function wapiti(site, person, client, folder) {
  // It does not go where an answer without a body leads, so it begins where "/" leads this person, and at the pages that filter.
  const starts = [(await client.get('/')).path, ...person.pages];
  const origin = `http://127.0.0.1:${site.port}`, out = join(folder, `${person.role}.json`);
  // In its own jar: a header of that name goes under as soon as an answer sets a cookie.
  const jar = join(folder, `${person.role}.cookies`);
  const cookies = Object.fromEntries([...client.cookies].map(([key, value]) => [key, { value, version: 0, expires: null, secure: false, port: null }]));
  await writeFile(jar, JSON.stringify({ '127.0.0.1': { '/': cookies } }));
  await run('/usr/bin/python3', ['-W', 'ignore', '-c', wapitiProgram, '-u', `${origin}/`, '--scope', 'folder', ...starts.flatMap((path) => ['-s', `${origin}${path}`]), '-c', jar, '-H', `Origin: ${origin}`,
    '-x', `${origin}/sign-out`, '-x', `${origin}/security/sessions/end-others`, '-x', `${origin}/demo/messages`,
    '-m', 'blindsql,crlf,csp,csrf,cookieflags,exec,file,http_headers,methods,permanentxss,redirect,sql,ssrf,xss,xxe',
    '--max-scan-time', secondsEach, '--max-attack-time', String(Number(secondsEach) / 4), '--max-links-per-page', '40', '-S', 'aggressive',
    '-d', '6', '--flush-session', '--store-session', join(folder, 'session'), '--no-bugreport', '-v', '0', '-f', 'json', '-o', out],
  { maxBuffer: 64 << 20, timeout: Number(secondsEach) * 8000 }).catch((error) => process.stdout.write(`${error.stdout}${error.stderr}`));
  const report = JSON.parse(await readFile(out, 'utf8'));
  const findings = [];
  for (const [category, list] of [...Object.entries(report.vulnerabilities), ...Object.entries(report.anomalies)])
    for (const one of list) findings.push({ level: one.level, text: `${category}: ${one.method} ${one.path} ${one.parameter ?? ''}: ${one.info}` });
  return { findings };
}

// Every target, with the page that it is on.
async function targetsOf(site, person, client) {
  const origin = `http://127.0.0.1:${site.port}`;
  const targets = person.pages.map((page) => ({ page, options: ['-u', `${origin}${page}`] }));
  const form = person.login === undefined
    ? { page: '/sign-in', fields: { login: 'a@b.test', password: 'long enough words' } }
    : { page: '/preferences', fields: { language: 'en', zone: 'UTC', theme: 'light' } };
  const data = formBody((await client.get(form.page)).body, form.page, form.fields);
  targets.push({ page: form.page, isForm: data !== undefined, options: ['-u', `${origin}${form.page}`, '--data', data ?? '', '--csrf-token', 'once',
    '--csrf-url', `${origin}${form.page}`, '-p', Object.keys(form.fields).join()] });
  return targets;
}

async function sqlmap(site, person, client, folder) {
  const findings = [], targets = await targetsOf(site, person, client);
  let stopped = 0;
  for (const { page, isForm, options } of targets) {
    const shown = await client.ask('GET', page);
    if (shown.status !== 200 || isForm === false) {
      findings.push({ level: 2, text: `sqlmap would see nothing at ${page}: ${shown.status} ${shown.location}${isForm === false ? ', no form' : ''}` });
      continue;
    }
    for (const [technique, seconds] of [['BEU', secondsEach * 8], ['ST', Number(secondsEach)]]) {
      const { stdout, killed } = await run('sqlmap', [...options, '--cookie', cookieOf(client), '--headers', `Origin: http://127.0.0.1:${site.port}`, '--batch',
        '--level', '2', '--risk', '1', '--technique', technique, '--time-sec', '2', '--dbms', 'MySQL', '--flush-session', '--disable-coloring',
        '--output-dir', join(folder, 'sqlmap'), '--timeout', '20', '--ignore-code', '400,404,409,429'],
      { maxBuffer: 64 << 20, timeout: seconds * 1000 }).catch((error) => ({ stdout: String(error.stdout ?? error), killed: error.killed }));
      if (/is vulnerable|identified the following injection point/.test(stdout)) findings.push({ level: 4, text: `sqlmap ${technique}: ${page}\n${stdout.slice(-2000)}` });
      else if (technique === 'ST' && killed) stopped++;
      else if (!/do(es)? not (seem|appear) to be injectable/.test(stdout)) findings.push({ level: 2, text: `sqlmap ${technique} did not finish: ${page}\n${stdout.slice(-800)}` });
    }
  }
  return { findings, targets: targets.length, stopped };
}

// One person at a site of their own: what one has changed there is not in the way of the next.
async function scan(person) {
  const notes = { violations: [], answers: {}, hurt: { refused: 0, late: 0 }, mayBeClosed: false, isFrozen: false };
  const site = await Site.open();
  await site.sql("UPDATE rule SET limit_n = 1000000 WHERE code = 'Q'");
  const folder = join(site.folder, 'scan');
  await mkdir(folder);
  try {
    const client = await signedIn(site, notes, person);
    const blind = [await blindness(client, person, 'before the crawl')], begun = (await logged(site)).length;
    const crawl = await wapiti(site, person, client, folder);
    const asked = (await logged(site)).slice(begun), fewest = person.login === undefined ? fewestPagesOfNobody : fewestPages;
    const pages = new Set(asked.filter(({ status, user }) => status === 200 && (user !== 0) === (person.login !== undefined)).map(({ route }) => route)).size;
    if (asked.length < fewestRequests) blind.push(`wapiti made ${asked.length} requests, fewer than ${fewestRequests}`);
    if (pages < fewest) blind.push(`wapiti was shown ${pages} pages as this person, fewer than ${fewest}`);
    blind.push(await blindness(client, person, 'after the crawl'));
    const sql = await sqlmap(site, person, client, folder);
    const requests = await logged(site), faults = requests.filter(({ status }) => status >= 500), broken = await site.brokenInvariants();
    const all = [...crawl.findings, ...sql.findings, ...blind.filter((what) => what !== undefined).map((text) => ({ level: 2, text })),
      ...faults.slice(0, 10).map((line) => ({ level: 3, text: `answered with 5xx: ${JSON.stringify(line)}` })),
      ...(broken === '' ? [] : [{ level: 4, text: `broken invariants: ${broken}` }])];
    const open = all.filter(({ level, text }) => level >= 2 && !explained.some(({ what }) => what.test(text)));
    const rest = all.filter((one) => !open.includes(one));
    process.stdout.write(`${open.length === 0 ? 'ok' : 'not ok'} - ${person.role}: ${requests.length} requests, ${faults.length} answered with 5xx; wapiti made ${asked.length} and saw ${pages} pages; ` +
      `sqlmap tried ${sql.targets} addresses (${sql.stopped} of them timed to the limit); ` +
      `${open.length} findings of medium or higher, ${rest.length} low or explained\n`);
    for (const { level, text } of open) process.stdout.write(`  level ${level}: ${text}\n`);
    for (const text of new Set(rest.map((one) => `  (level ${one.level}) ${one.text.slice(0, 160)}`))) process.stdout.write(`${text}\n`);
    return open.length === 0;
  } finally {
    await site.close();
  }
}

async function main() {
  let passed = 0, failed = 0;
  for (const person of people) if (await scan(person)) passed++; else failed++;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main().catch((error) => {
  process.stdout.write(`not ok - ${error.stack}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
});
process.exit();
