// script: on only
// Bytes over the real web server: what is refused, what every answer carries, and what happens when parts die.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { access, readFile, readdir, readlink } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PASSWORD } from './lib/person.mjs';
import { story } from './lib/story.mjs';

const UNSURE = 'We cannot tell whether your last step was saved. Open My Partner to see its status before you try again.';
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const FORM = 'application/x-www-form-urlencoded';

// --- asking ---------------------------------------------------------------------------------------------------------

function ask(srv, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port: srv.port, path, method, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', fail);
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, raw: response.rawHeaders,
        body: Buffer.concat(parts).toString('utf8') }));
    });
    request.on('error', fail);
    request.end(body);
  });
}

const post = (srv, path, body, headers = {}) =>
  ask(srv, path, { method: 'POST', body, headers: { 'Content-Type': FORM, 'Content-Length': Buffer.byteLength(body), ...headers } });

// Bytes as they stand; all that comes back until the connection is closed.
function bytes(srv, text) {
  return new Promise((done) => {
    const parts = [];
    const socket = net.connect(srv.port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {});
    socket.on('close', () => done(Buffer.concat(parts).toString('utf8')));
  });
}

const lines = (srv, request, ...headers) =>
  `${[request, `Host: 127.0.0.1:${srv.port}`, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

// The page of a program or the web server, whole: nothing blank, cut or from inside.
function isWhole(answer) {
  assert.match(answer.body, /<\/html>\s*$/);
  assert.match(answer.body, /<h1[ >]/);
  assert.doesNotMatch(answer.body, /SELECT [a-z*]+.* FROM|\.c:\d+|core dumped|mysql|MariaDB|Traceback|\bERR_[A-Z]/);
  if (answer.headers['content-length']) assert.equal(Buffer.byteLength(answer.body), Number(answer.headers['content-length']));
}

const cookies = (answer) => answer.headers['set-cookie'] ?? [];
const jar = (...answers) => {
  const found = new Map();
  for (const cookie of answers.flatMap(cookies)) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (/Max-Age=0/.test(cookie)) found.delete(name);
    else found.set(name, value);
  }
  return [...found].map(([name, value]) => `${name}=${value}`).join('; ');
};
const hidden = (page, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
const form = (fields) => new URLSearchParams(fields).toString();

// Cookies of somebody signed in.
async function signIn(srv, login) {
  const page = await ask(srv, '/sign-in');
  const answer = await post(srv, '/sign-in', form({ csrf: hidden(page.body, 'csrf'), once: hidden(page.body, 'once'), next: '',
    login: `${login}@demo.test`, password: PASSWORD }), { Cookie: jar(page) });
  assert.equal(answer.status, 303, answer.body);
  return jar(page, answer);
}

// --- processes: known by what they run and who their parents are -----------------------------------------------------

async function processes(srv, program) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(/^\d+ \(.*\) \S (\d+)/s.exec(stat)[1]);
      const executable = await readlink(`/proc/${pid}/exe`);
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (executable.endsWith(`/${program}`) && command.includes(srv.var)) found.push({ pid: Number(pid), parent });
    } catch {
      // Ended meanwhile, or not ours to look at.
    }
  }
  return found;
}

async function webWorkers(srv) {
  const all = await processes(srv, 'mypartner');
  return all.filter((one) => all.some((other) => other.pid === one.parent)).map((one) => one.pid);
}

// Running, not a zombie that nobody has asked about yet.
async function isRunning(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) Z/s.test(stat);
}

// Kills a program, and holds the one who would start it again for as long as `look` takes.
async function whileDown(srv, pid, look) {
  process.kill(srv.child.pid, 'SIGSTOP');
  try {
    process.kill(pid, 'SIGKILL');
    while (await isRunning(pid)) await soon();
    await look();
  } finally {
    process.kill(srv.child.pid, 'SIGCONT');
  }
}

function isUnavailable(answer) {
  assert.equal(answer.status, 503, answer.body);
  assert.equal(answer.headers['retry-after'], '5');
  assert.ok(answer.body.includes(UNSURE), answer.body);
  assert.equal(answer.headers.location, undefined);
  isWhole(answer);
}

// Whatever comes before it is back is a whole 503 page, never something else.
async function untilBack(srv, path, headers) {
  for (;;) {
    const answer = await ask(srv, path, { headers });
    if (answer.status === 200) return answer;
    isUnavailable(answer);
    await soon();
  }
}

const soon = () => new Promise((done) => setTimeout(done, 50));

story({
  'a second one on the same port says so and leaves nothing behind': async ({ srv }) => {
    const folder = join(srv.folder, 'second');
    const run = fileURLToPath(new URL('../../deploy/local/run.sh', import.meta.url));
    const env = { ...process.env, PORT: String(srv.port), VAR: folder };
    const second = spawnSync(run, [], { env, encoding: 'utf8' });
    assert.equal(second.status, 1);
    assert.match(second.stderr, /is in use by another program/);
    await assert.rejects(access(folder), { code: 'ENOENT' });
  },

  'what is not there, not so, or not well formed is refused by a whole page': async ({ srv }) => {
    const refused = [
      [404, ask(srv, '/nowhere')],
      [404, ask(srv, '/static/../cgi-bin/serve.c')],
      [404, ask(srv, '/.git/config')],
      [404, ask(srv, '/index.php?id=1%27%20OR%201=1')],
      [405, post(srv, '/help', '')],
      [405, ask(srv, '/sign-out')],
      [405, ask(srv, '/sign-in', { method: 'DELETE' })],
      [405, ask(srv, '/sign-in', { method: 'OPTIONS' })],
      [400, post(srv, '/sign-in', 'colour=red')],
      [400, post(srv, '/sign-in', 'login=a&login=b')],
      [400, post(srv, '/sign-in', 'login=%zz')],
      [400, post(srv, '/sign-in', 'login=a%00b')],
      [400, post(srv, '/sign-in', 'login=a\0b')],
      [400, post(srv, '/sign-in', 'login=%C0%AF')],
      [400, ask(srv, '/help%FF')],
      [400, ask(srv, '/sign-in?next=a&next=b')],
      [415, post(srv, '/sign-in', '{}', { 'Content-Type': 'application/json' })],
      [413, post(srv, '/sign-in', `login=${'a'.repeat(17000)}`)],
      [403, post(srv, '/sign-in', 'login=a&password=b', { Origin: 'http://evil.example' })],
      [403, post(srv, '/sign-in', 'login=a&password=b', { 'Sec-Fetch-Site': 'cross-site' })],
    ];
    for (const [i, [status, asked]] of refused.entries()) {
      const answer = await asked;
      assert.equal(answer.status, status, `row ${i}: ${answer.body}`);
      isWhole(answer);
    }
    assert.match((await post(srv, '/sign-in', 'colour=red')).body, /field colour is unknown/);
    assert.match((await post(srv, '/sign-in', 'login=a&login=b')).body, /field login came twice/);
    assert.equal((await post(srv, '/help', '')).headers.allow, 'GET, HEAD');
    assert.equal((await ask(srv, '/sign-out')).headers.allow, 'POST');
  },

  'two readers cannot see two different requests': async ({ srv }) => {
    const visit = `p${srv.port}-visit`;
    const twice = await bytes(srv, lines(srv, 'GET /help HTTP/1.1', `Cookie: ${visit}=${'A'.repeat(43)}`, `Cookie: ${visit}=${'B'.repeat(43)}`));
    assert.equal(statusOf(twice), 400);
    const inOne = await bytes(srv, lines(srv, 'GET /help HTTP/1.1', `Cookie: ${visit}=${'A'.repeat(43)}; ${visit}=${'B'.repeat(43)}`));
    assert.equal(statusOf(inOne), 400);
    assert.match(inOne, /came twice/);
    const lengths = await bytes(srv, lines(srv, 'POST /sign-in HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6', `Content-Type: ${FORM}`) + 'login=a');
    assert.equal(statusOf(lengths), 400);
    const chunked = await bytes(srv, lines(srv, 'POST /sign-in HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked', `Content-Type: ${FORM}`) + '0\r\n\r\n');
    assert.equal(statusOf(chunked), 400);
    for (const line of ['GET /%zz HTTP/1.1', 'GET /a%00b HTTP/1.1', 'GET http://evil.example/help HTTP/1.1']) {
      const status = statusOf(await bytes(srv, lines(srv, line)));
      assert.ok(status === 400 || status === 421, `${line}: ${status}`);
    }
    assert.equal(statusOf(await bytes(srv, lines(srv, `GET /${'a'.repeat(9000)} HTTP/1.1`))), 414);
    assert.equal(statusOf(await bytes(srv, lines(srv, `GET /help?${'a'.repeat(5000)} HTTP/1.1`))), 400);
  },

  'a foreign Host reaches no page, and no page repeats a Host': async ({ srv }) => {
    for (const host of ['evil.example', `evil.example:${srv.port}`, `127.0.0.1.evil.example:${srv.port}`, '']) {
      const answer = await bytes(srv, `GET /sign-in HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.ok([400, 421].includes(statusOf(answer)), `${host}: ${answer}`);
      assert.doesNotMatch(answer, /evil/);
    }
    const none = await bytes(srv, 'GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n');
    assert.equal(statusOf(none), 400);
    const forwarded = await ask(srv, '/', { headers: { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-For': '1.2.3.4' } });
    assert.equal(forwarded.status, 303);
    assert.equal(forwarded.headers.location, '/sign-in');
    const local = await ask(srv, '/help', { headers: { Host: `localhost:${srv.port}` } });
    assert.equal(local.status, 302);
    assert.equal(local.headers.location, `${srv.origin}/help`);
  },

  'nobody is led away from here': async ({ srv }) => {
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example']) {
      const page = await ask(srv, `/sign-in?next=${encodeURIComponent(next)}`);
      assert.equal(page.status, 200);
      assert.equal(hidden(page.body, 'next'), '/');
      assert.doesNotMatch(page.body, /(href|action|src)="[^"?]*(evil|javascript)/);
      const answer = await post(srv, '/sign-in', form({ csrf: hidden(page.body, 'csrf'), once: hidden(page.body, 'once'), next,
        login: 'viewer@demo.test', password: PASSWORD }), { Cookie: jar(page) });
      assert.equal(answer.status, 303, answer.body);
      assert.match(answer.headers.location, /^\/$/);
    }
    const page = await ask(srv, '//evil.example/%2e%2e');
    assert.equal(page.status, 404);
    assert.doesNotMatch(page.body, /evil\.example/);
    for (const path of ['//evil.example/?lang=zh-Hans', '/%0d%0aSet-Cookie:x=1?lang=zh-Hans', '/\\evil.example?lang=zh-Hans']) {
      const answer = await ask(srv, path);
      assert.equal(answer.headers.location, undefined);
      assert.doesNotMatch(answer.raw.join('\n'), /evil|x=1/);
    }
  },

  'who is not signed in comes back to the same step': async ({ srv }) => {
    const answer = await ask(srv, '/disassociate/reason');
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/sign-in?next=%2Fdisassociate%2Freason');
    const page = await ask(srv, answer.headers.location);
    const back = await post(srv, '/sign-in', form({ csrf: hidden(page.body, 'csrf'), once: hidden(page.body, 'once'),
      next: hidden(page.body, 'next'), login: 'clean9@demo.test', password: PASSWORD }), { Cookie: jar(page) });
    assert.equal(back.status, 303, back.body);
    assert.equal(back.headers.location, '/disassociate/reason');
  },

  'every page and file has its headers': async ({ srv }) => {
    const owner = { Cookie: await signIn(srv, 'clean') };
    const pages = await Promise.all([ask(srv, '/sign-in'), ask(srv, '/help'), ask(srv, '/nowhere'), ask(srv, '/sign-out'),
      ask(srv, '/my-partner', { headers: owner }), ask(srv, '/operation-log', { headers: owner }), ask(srv, '/requests', { headers: owner })]);
    for (const page of pages) {
      isWhole(page);
      assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(page.headers['content-security-policy'], POLICY);
      assert.equal(page.headers['x-content-type-options'], 'nosniff');
      assert.equal(page.headers['referrer-policy'], 'same-origin');
      assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(page.headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(page.headers['cache-control'], 'no-store');
      assert.match(page.headers['permissions-policy'], /camera=\(\)/);
      assert.equal(page.headers['strict-transport-security'], undefined);   // plain http, on this machine only
      assert.equal(page.headers['x-powered-by'], undefined);
      assert.equal(page.headers.server, 'nginx');
      assert.equal(page.headers['content-encoding'], undefined);            // beside a form token, length tells
      for (const name of new Set(page.raw.filter((_, i) => i % 2 === 0)))
        assert.ok(name === 'Set-Cookie' || page.raw.filter((other, i) => i % 2 === 0 && other === name).length === 1, name);
    }
    for (const [path, type] of [['/static/console.css', /^text\/css/], ['/static/icons.svg', /^image\/svg\+xml/], ['/static/favicon.svg', /^image\/svg\+xml/]]) {
      const file = await ask(srv, path);
      assert.equal(file.status, 200);
      assert.match(file.headers['content-type'], type);
      assert.equal(file.headers['x-content-type-options'], 'nosniff');
      assert.equal(file.headers['set-cookie'], undefined);
    }
  },

  'no page is taken for a file that a cache would keep': async ({ srv }) => {
    const owner = { Cookie: await signIn(srv, 'clean') };
    const page = await ask(srv, '/my-partner', { headers: owner });
    assert.equal(page.status, 200);
    const heading = page.body.match(/<h1[^>]*>[^<]+/)[0];
    for (const end of ['/x.css', '/static/x.css', ';x.css', '.css', '%2fx.css', '%2fstatic%2fx.css', '%3bx.css', '%23x.css', '%3fx.css', '%0ax.css', '/%2e%2e/static/x.css']) {
      const answer = await ask(srv, `/my-partner${end}`, { headers: owner });
      assert.ok([400, 404].includes(answer.status), `${end}: ${answer.status}`);
      assert.ok(!answer.body.includes(heading), end);
      // What leads into the folder of files is no page, whoever says that it is not there.
      if (!end.startsWith('/%2e')) assert.equal(answer.headers['cache-control'], 'no-store', end);
    }
    // The other way round: an address that looks like a file's and ends at a page.
    for (const path of ['/static/..%2fmy-partner', '/static/%2e%2e/my-partner', '/static/x.css%2f..%2f..%2fmy-partner', '/static/..%2fmy-partner%3fx.css']) {
      const answer = await ask(srv, path, { headers: owner });
      if (answer.status === 200) assert.ok(answer.body.includes(heading), path);
      if (answer.status === 200 || answer.body.includes(heading)) assert.equal(answer.headers['cache-control'], 'no-store', path);
    }
  },

  'HEAD is GET without a body': async ({ srv }) => {
    const owner = { Cookie: await signIn(srv, 'clean') };
    for (const path of ['/help', '/nowhere', '/my-partner', '/static/console.css']) {
      const get = await ask(srv, path, { headers: owner });
      const head = await ask(srv, path, { method: 'HEAD', headers: owner });
      assert.equal(head.status, get.status);
      assert.equal(head.body, '');
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      assert.equal(head.headers['content-security-policy'], get.headers['content-security-policy']);
    }
    assert.equal((await ask(srv, '/sign-out', { method: 'HEAD' })).status, 405);
  },

  'cookies are for this host and for nobody’s script': async ({ srv }) => {
    const page = await ask(srv, '/sign-in');
    assert.equal(cookies(page).length, 1);
    const answer = await post(srv, '/sign-in', form({ csrf: hidden(page.body, 'csrf'), once: hidden(page.body, 'once'), next: '',
      login: 'clean@demo.test', password: PASSWORD }), { Cookie: jar(page) });
    assert.equal(answer.status, 303);
    for (const cookie of [...cookies(page), ...cookies(answer)]) {
      assert.match(cookie, new RegExp(`^p${srv.port}-[a-z]+=`));
      assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Lax/);
      assert.doesNotMatch(cookie, /Domain=/);
    }
    const session = cookies(answer).find((cookie) => cookie.includes('-session='));
    assert.match(session, /-session=[A-Za-z0-9_-]{43};/);
    assert.ok(cookies(answer).some((cookie) => /-visit=;.*Max-Age=0/.test(cookie)), 'the token from before the sign-in goes');
    const language = await ask(srv, '/help?lang=zh-Hans');
    assert.equal(language.status, 303);
    assert.equal(language.headers.location, '/help');
    assert.match(cookies(language).join(), /-lang=zh-Hans; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000/);
  },

  'what was typed is kept when the session runs out': async ({ open, srv }) => {
    const partner = await open('partner');
    await partner.signIn();
    await partner.page.locator('main').getByRole('link', { name: /^DR/ }).first().click();
    const path = partner.path();
    await partner.page.getByLabel(/^Reject/).check();
    await partner.page.getByLabel('Message to the customer').fill('Kept words – 保留的话');
    await srv.moveClock(2 * 3600);
    await partner.page.getByRole('button', { name: 'Save decision' }).click();
    await partner.sees('You were signed out because you were inactive', 'Your answers are saved');
    await partner.signIn();
    partner.isAt(path);
    await partner.sees('We kept what you typed');
    assert.equal(await partner.page.getByLabel('Message to the customer').inputValue(), 'Kept words – 保留的话');
    assert.ok(await partner.page.getByLabel(/^Reject/).isChecked());
  },

  'a body that comes too slowly or too short holds nobody up': async ({ srv }) => {
    const slow = bytes(srv, lines(srv, 'POST /sign-in HTTP/1.1', 'Content-Length: 100', `Content-Type: ${FORM}`) + 'login=a');
    const headers = bytes(srv, 'GET /help HTTP/1.1\r\nHost: x');
    for (let i = 0; i < 10; i++) assert.equal((await ask(srv, '/help')).status, 200);
    // The web server gives both up by itself; whatever it says, it is not that something was done.
    for (const answer of [await slow, await headers]) assert.ok(answer === '' || statusOf(answer) === 408, answer);
  },

  'a web worker that is killed is replaced, and the others serve on': async ({ srv }) => {
    const workers = await webWorkers(srv);
    assert.ok(workers.length >= 2, `${workers}`);
    for (const pid of workers) {
      process.kill(pid, 'SIGKILL');
      const answer = await ask(srv, '/help');
      assert.equal(answer.status, 200);
      isWhole(answer);
    }
    while ((await webWorkers(srv)).length < workers.length) await soon();
    const now = await webWorkers(srv);
    for (const pid of workers) assert.ok(!now.includes(pid));
    for (let i = 0; i < 10; i++) assert.equal((await ask(srv, '/sign-in')).status, 200);
  },

  'with the web program gone it is 503 and the web server’s page, then it is back': async ({ srv }) => {
    const owner = { Cookie: await signIn(srv, 'clean') };
    const all = await processes(srv, 'mypartner');
    const masters = all.filter((one) => !all.some((other) => other.pid === one.parent));
    assert.equal(masters.length, 1);
    await whileDown(srv, masters[0].pid, async () => {
      for (const one of all) while (await isRunning(one.pid)) await soon();   // workers end with their master
      for (const answer of [await ask(srv, '/my-partner', { headers: owner }), await post(srv, '/sign-in', 'login=a')]) isUnavailable(answer);
    });
    const answer = await untilBack(srv, '/my-partner', owner);
    assert.match(answer.body, /Northwind/);
  },

  'with the database gone it is 503 and the sentence, never sign-in; then it is back': async ({ srv }) => {
    const owner = { Cookie: await signIn(srv, 'clean') };
    const page = await ask(srv, '/my-partner', { headers: owner });
    const signOut = form({ csrf: hidden(page.body, 'csrf'), once: hidden(page.body, 'once') });
    const [database] = await processes(srv, 'mariadbd');
    await whileDown(srv, database.pid, async () => {
      for (let i = 0; i < 8; i++) {                                             // every worker, whatever it believes
        const answer = await ask(srv, '/my-partner', { headers: owner });
        isUnavailable(answer);
        assert.doesNotMatch(answer.body, /Sign out/);
        assert.match(answer.body, /give support this number: <span class="code">[0-9a-f]{16}</);
      }
      for (const answer of [await ask(srv, '/sign-in'), await post(srv, '/sign-out', signOut, owner)]) isUnavailable(answer);
      const workers = await webWorkers(srv);                                    // new ones start all the same
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      while ((await webWorkers(srv)).filter((pid) => !workers.includes(pid)).length < workers.length) await soon();
      isUnavailable(await ask(srv, '/my-partner', { headers: owner }));
      const chinese = await ask(srv, '/my-partner', { headers: { ...owner, 'Accept-Language': 'zh-CN' } });
      assert.match(chinese.body, /<html lang="zh-Hans"/);
    });
    const answer = await untilBack(srv, '/my-partner', owner);
    assert.match(answer.body, /Northwind/);
    assert.match(answer.body, /Sign out/);
  },

  'the program checks its settings and prints its manual without a database': async ({ srv }) => {
    const program = join(process.env.BUILD, 'bin/mypartner');
    const run = promisify(execFile);
    const manual = (await run(program, ['-o'])).stdout;
    assert.match(manual, /\[web\]/);
    assert.match(manual, /request_deadline_s/);
    assert.equal((await run(program, ['-t', '-c', join(srv.var, 'web.ini')])).stderr, '');
    assert.equal(spawnSync(program, []).status, 2);
    assert.equal(spawnSync(program, ['-x']).status, 2);
    const missing = spawnSync(program, ['-t', '-c', join(srv.var, 'none.ini')]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr.toString(), /none\.ini/);
  },

  'the log has one line for each request and no secrets': async ({ srv }) => {
    const cookie = await signIn(srv, 'clean');
    await ask(srv, '/my-partner', { headers: { Cookie: cookie } });
    await ask(srv, '/reset-password/AAAABBBBCCCCDDDDEEEEFFFF');
    const log = await readFile(join(srv.var, 'log/web.log'), 'utf8');
    const rows = log.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(rows.some((row) => row.event === 'request' && row.path === '/reset-password/{token}' && row.status === 404));
    assert.ok(!log.includes('AAAABBBBCCCC'));
    assert.ok(!log.includes(PASSWORD));
    assert.ok(!log.includes('@demo.test'));
    for (const pair of cookie.split('; ')) assert.ok(!log.includes(pair.split('=')[1]), pair);
  },
});
