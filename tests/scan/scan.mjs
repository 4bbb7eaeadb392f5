// Two scanners that others wrote, wapiti and sqlmap, against the demo on loopback: as nobody and as each role.
//
//   SECONDS_EACH=120   longest crawl of wapiti for each role, and longest attack of each of its modules
//   ROLES=owner,ops    only these
//
// Wapiti crawls and attacks what it finds; findings of level 2 (medium) or higher fail, as do forms it says are open to forgery. Sqlmap
// tries each parameter of the pages that filter, and the sign-in form with its token renewed. What a scanner says that is not so stands
// with its reason in `explained`.
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, formBody } from '../chaos/lib/client.mjs';
import { Site } from '../chaos/lib/site.mjs';

const run = promisify(execFile);
const secondsEach = process.env.SECONDS_EACH ?? '120';
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';   // of the demo's platform users: deploy/local/accounts.txt

const people = [
  { role: 'nobody', pages: ['/sign-in?next=x'] },
  { role: 'owner', login: 'clean', pages: ['/operation-log?operation=x&from=2026-01-01&to=2026-12-31&before=x', '/subscriptions?return=x'] },
  { role: 'viewer', login: 'viewer', pages: ['/operation-log?operation=x&from=2026-01-01'] },
  { role: 'admin', login: 'partner', pages: ['/customers?q=x&status=x&request=x&before=1', '/requests?tab=x&before=1', '/operation-log?customer=x'] },
  { role: 'manager', login: 'manager', pages: ['/customers?q=x'] },
  { role: 'ops', login: 'ops', isPlatform: true, pages: ['/escalations?after=1', '/freezes?after=1'] },
  { role: 'auditor', login: 'auditor', isPlatform: true, pages: ['/operation-log?operation=x&customer=x&from=2026-01-01&after=1'] },
].filter(({ role }) => process.env.ROLES === undefined || process.env.ROLES.split(',').includes(role));

// What is said, and why it is not so.
const explained = [
  { what: /Secure Flag cookie/i, why: 'the demo is plain http on loopback; any other site has Secure and the prefix __Host-: tests/web/' },
  { what: /Strict-Transport-Security/i, why: 'the same: sent wherever cookies are secure, tests/web/test_http.c' },
  { what: /X-XSS-Protection/i, why: 'switched on a filter that browsers have dropped; the content security policy forbids all script' },
];

function totp() {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', key).update(count).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function signedIn(site, notes, person) {
  const client = new Client(site, person.role, notes);
  if (person.login === undefined) {
    await client.get('/sign-in');
    return client;
  }
  await client.signIn(`${person.login}@demo.test`, 'demo-password-only');
  if (person.isPlatform) {
    const page = await client.get('/sign-in/code');
    const answer = await client.ask('POST', '/sign-in/code', formBody(page.body, '/sign-in/code', { code: totp() }));
    if (answer.status !== 303) throw new Error(`${person.role} could not sign in: ${answer.status}`);
  }
  return client;
}

const cookieOf = (client) => [...client.cookies].map(([key, value]) => `${key}=${value}`).join('; ');

// Debian's wapiti of bookworm writes an expression for -x that its Python does not take.
const wapitiProgram = `import re, runpy
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile('.*'.join(map(re.escape, pattern.split('*'))) + '$', re.S)
runpy.run_path('/usr/bin/wapiti', run_name='__main__')`;

async function wapiti(site, person, client, folder) {
  const origin = `http://127.0.0.1:${site.port}`, out = join(folder, `${person.role}.json`);
  await run('/usr/bin/python3', ['-W', 'ignore', '-c', wapitiProgram, '-u', `${origin}/`, '--scope', 'folder', '-H', `Cookie: ${cookieOf(client)}`, '-H', `Origin: ${origin}`,
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

async function sqlmap(site, person, client, folder) {
  const findings = [];
  const targets = person.pages.map((page) => ['-u', `http://127.0.0.1:${site.port}${page}`]);
  if (person.login === undefined) {
    const data = formBody((await client.get('/sign-in')).body, '/sign-in', { login: 'a@b.test', password: 'long enough words' });
    targets.push(['-u', `http://127.0.0.1:${site.port}/sign-in`, '--data', data, '--csrf-token', 'once', '--csrf-url',
      `http://127.0.0.1:${site.port}/sign-in`, '-p', 'login,password']);
  }
  for (const target of targets) {
    const { stdout } = await run('sqlmap', [...target, '--cookie', cookieOf(client), '--batch', '--level', '2', '--risk', '1', '--technique', 'BEU',
      '--dbms', 'MySQL', '--flush-session', '--disable-coloring', '--output-dir', join(folder, 'sqlmap'), '--timeout', '20', '--ignore-code', '400,404,409,429'],
    { maxBuffer: 64 << 20, timeout: Number(secondsEach) * 8000 }).catch((error) => ({ stdout: String(error.stdout ?? error) }));
    if (/is vulnerable|identified the following injection point/.test(stdout)) findings.push({ level: 4, text: `sqlmap: ${target[1]}\n${stdout.slice(-2000)}` });
    else if (!/do(es)? not (seem|appear) to be injectable/.test(stdout)) findings.push({ level: 2, text: `sqlmap did not finish: ${target[1]}\n${stdout.slice(-800)}` });
  }
  return { findings, targets: targets.length };
}

async function main() {
  let passed = 0, failed = 0;
  const notes = { violations: [], answers: {}, hurt: { refused: 0, late: 0 }, mayBeClosed: false, isFrozen: false };
  const site = await Site.open();
  await site.sql("UPDATE rule SET limit_n = 1000000 WHERE code = 'Q'");
  const folder = join(site.folder, 'scan');
  await mkdir(folder);
  try {
    for (const person of people) {
      const requests = async () => (await readFile(join(site.var, 'log/web.log'), 'utf8')).split('\n').length, before = await requests();
      const client = await signedIn(site, notes, person);
      const crawl = await wapiti(site, person, client, folder);
      const again = await signedIn(site, notes, person);   // the crawler may have ended its own session
      const sql = await sqlmap(site, person, again, folder);
      const all = [...crawl.findings, ...sql.findings];
      const open = all.filter(({ level, text }) => level >= 2 && !explained.some(({ what }) => what.test(text)));
      const rest = all.filter((one) => !open.includes(one));
      process.stdout.write(`${open.length === 0 ? 'ok' : 'not ok'} - ${person.role}: ${await requests() - before} requests, sqlmap tried ${sql.targets} addresses; ` +
        `${open.length} findings of medium or higher, ${rest.length} low or explained\n`);
      for (const { level, text } of open) process.stdout.write(`  level ${level}: ${text}\n`);
      for (const text of new Set(rest.map((one) => `  (level ${one.level}) ${one.text.slice(0, 160)}`))) process.stdout.write(`${text}\n`);
      if (open.length === 0) passed++; else failed++;
    }
    const log = await readFile(join(site.var, 'log/web.log'), 'utf8');
    const bugs = log.split('\n').filter((line) => /"status":5\d\d/.test(line));
    const broken = await site.brokenInvariants();
    process.stdout.write(`${bugs.length === 0 && broken === '' ? 'ok' : 'not ok'} - ${log.split('\n').length} requests, ${bugs.length} answered with 5xx; invariants ${broken === '' ? 'hold' : broken}\n`);
    for (const line of bugs.slice(0, 10)) process.stdout.write(`  ${line}\n`);
    if (bugs.length === 0 && broken === '') passed++; else failed++;
  } finally {
    await site.close();
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main().catch((error) => {
  process.stdout.write(`not ok - ${error.stack}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
});
process.exit();
