// The list of states (tests/ui/states) and how one is put on screen: the same steps in every language.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PASSWORD, Person } from '../../e2e/lib/person.mjs';
import { totp } from '../../e2e/lib/totp.mjs';

const FILE = fileURLToPath(new URL('../states', import.meta.url));
const PATIENCE = 1200;              // looks, 100 ms apart: what has not come by then was never sent
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };
const ROLES = { visitor: '-', ops: 'ops', auditor: 'auditor', partner: 'admin', careful: 'admin', icy: 'admin', stranger: 'admin',
  manager: 'manager', viewer: 'viewer' };
const PROVEN_MS = 8 * 60_000;       // the password is good for 10 minutes
export const roleOf = (who) => ROLES[who] ?? 'owner';

// One state for each account: { name, page, isError, who, steps, status }. ONLY='re' leaves out the others.
export async function readStates(only = process.env.ONLY) {
  const states = [];
  for (const [i, line] of (await readFile(FILE, 'utf8')).split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (line.startsWith('!')) continue;
    const parts = line.split(' | ').map((part) => part.trim());
    assert.equal(parts.length, 3, `tests/ui/states:${i + 1}: page.what | who | steps`);
    const [title, people, path] = parts;
    const steps = path.split(' ; ').map((step) => step.trim());
    const expected = steps.find((step) => step.startsWith('expect ')), paper = steps.find((step) => step.startsWith('prints '));
    for (const who of people.split(', '))
      states.push({ name: `${title} ${who}`, title, page: title.split('.')[0], isError: /\.error/.test(title) && !title.startsWith('error.'),
        who, role: roleOf(who), line: i + 1, steps: steps.filter((step) => step !== expected && step !== paper), status: expected ? Number(expected.slice(7)) : 0,
        prints: paper ? Number(paper.slice(7)) : 0 });
  }
  return only ? states.filter((state) => new RegExp(only).test(state.name)) : states;
}

// Routes that somebody may enter but never finds: ["GET /pattern as role"].
export async function readUnreachable() {
  return (await readFile(FILE, 'utf8')).split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1).split(':')[0].trim());
}

// The site map of the program: [{ method, pattern, roles }].
export function readRoutes(build) {
  return execFileSync(join(build, 'bin/mypartner'), ['-r'], { encoding: 'utf8' }).trim().split('\n').map((line) => {
    const [method, pattern, roles] = line.split(' ');
    return { method, pattern, roles: roles.split(',') };
  });
}

async function alive(pid) {
  try { process.kill(pid, 0); } catch { return false; }
  return !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z'));
}

export class Stage {
  // lang: of every page; options: of the browser contexts
  constructor(server, { lang = 'en', options = {} } = {}) {
    Object.assign(this, { server, lang, options, people: new Map(), seen: [], back: null, complaints: [] });
  }

  // Somebody in a browser context of their own, signed in; the same again for the next state.
  async person(who) {
    let person = this.people.get(who);
    if (!person) {
      person = await Person.open(this.server, who, this.options);
      this.people.set(who, person);
      person.page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(`${who} at ${person.page.url()}: ${message.text()}`);
      });
      person.page.on('pageerror', (error) => this.complaints.push(`${who}: ${error}`));
      person.page.on('response', (response) => {
        if (response.request().isNavigationRequest() && response.status() !== 303) person.answer = response;
      });
      if (who !== 'visitor') await this.signIn(person);
    }
    await this.speak(person);
    return person;
  }

  async signIn(person) {
    const { page } = person;
    await this.speak(person);
    await person.visit('/sign-in');
    await page.locator('#login').fill(person.login);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('main [type=submit]').click();
    if (['ops', 'auditor'].includes(person.name)) {
      await this.server.moveClock(30);           // a one-time password works once
      const codes = await person.context.newPage();
      await codes.goto(person.url('/demo/messages'));
      const code = (await codes.locator('#totp').innerText()).trim();
      await codes.close();
      await page.locator('#code').fill(code);
      await page.locator('main [type=submit]').click();
    }
    assert.ok(!person.path().startsWith('/sign-in'), `${person.name} could not sign in`);
    person.provenAt = this.server.now();
    await this.speak(person);
  }

  // Whoever has looked at many states by now gives the password again, beside the page on screen: what asks for it has states of its own.
  async prove(person) {
    if (person.name === 'visitor' || this.server.now() - person.provenAt < PROVEN_MS) return;
    const page = await person.context.newPage();
    await page.goto(person.url('/step-up?next=%2Fsecurity'));
    if (new URL(page.url()).pathname === '/step-up') {
      await page.locator('#password').fill(PASSWORD);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.locator('main [type=submit]').click()]);
      assert.equal(new URL(page.url()).pathname, '/security', `${person.name} could not give the password again`);
      person.provenAt = this.server.now();
    }
    await page.close();
  }

  async speak(person) {
    if (!this.lang) return;
    await person.context.addCookies([{ name: `p${this.server.port}-lang`, value: this.lang, url: this.server.origin }]);
  }

  async clear(person) {
    await person.context.clearCookies();
    await this.speak(person);
  }

  // Puts a state on screen and returns who looks at it: { person, answer, html, logged } with the program's own log line.
  async show(state) {
    let person = await this.person(state.who);
    if (state.who === 'visitor') await this.clear(person);
    await person.page.setViewportSize({ width: 1280, height: 800 });
    this.stopped = null;
    if (state.page !== 'step_up') await this.prove(person);
    for (const step of state.steps) person = await this.step(person, step, state);
    const { answer } = person;
    const html = await answer.text();
    const logged = state.page === 'static' ? null : await this.logLine(answer);   // those are the web server's
    await this.revive();
    const wanted = state.status || (state.isError ? /^(400|200)$/ : /^200$/);
    assert.match(String(answer.status()), wanted instanceof RegExp ? wanted : new RegExp(`^${wanted}$`), `${state.name} at ${person.path()}: status ${answer.status()}`);
    if (logged) assert.equal(logged.page, state.page, `${state.name} at ${person.path()} shows the page ${logged.page}`);
    return { person, answer, html, logged };
  }

  async step(person, step, state) {
    const { page } = person;
    const [word, ...rest] = step.split(' ');
    const value = rest.join(' ');
    try {
      if (step.startsWith('/')) await this.open(person, step, state);
      else if (step.startsWith('here/')) await this.open(person, new URL(page.url()).pathname + step.slice(4), state);
      else if (step.startsWith('>')) await this.leave(page, page.locator(step.slice(1)).first());
      else if (word === 'send') await this.leave(page, await this.button(page, value));
      else if (word === 'code') await this.code(person);
      else if (word === 'totp') await this.fill(page, 'code', totp(await page.locator('#totp-secret').innerText(), this.server.now() / 1000));
      else if (word === 'link') await this.link(person, ...rest);
      else if (word === 'wait') await this.server.moveClock(Number(/\d+/.exec(value)[0]) * SECONDS[/[smhd]/.exec(value)[0]]);
      else if (word === 'as') return this.person(value);
      else if (word === 'at') await this.open(person, (await this.person(value)).path());
      else if (word === 'back') await this.open(person, page.url().replace(/^.*(\/process-request\/[^/]+).*$/, '$1'));
      else if (word === 'stop') await this.stopProgram(value);
      else if (word === 'limit') await this.limitRequests(person);
      else if (word === 'times') for (let i = 1; i < Number(value); i++) for (const earlier of state.steps.slice(0, state.steps.indexOf(step))) await this.step(person, earlier, state);
      else if (/^[a-z_0-9]+=/.test(step)) await this.fill(page, step.slice(0, step.indexOf('=')), step.slice(step.indexOf('=') + 1).replace('$lang', this.lang).replace('$long', 'long '.repeat(4000)));
      else assert.fail(`no such step`);
    } catch (error) {
      const shown = await page.locator('main').innerText().catch(() => '');
      error.message = `${state.name}, step «${step}» at ${page.url()}: ${error.message.split('\n')[0]}\n${shown.slice(0, 600)}`;
      throw error;
    }
    return person;
  }

  async open(person, path, state) {
    await person.visit(path);
    if (state && state.page !== 'step_up' && person.path().startsWith('/step-up') && !path.startsWith('/step-up')) {
      person.provenAt = 0;                       // the password's time ran out since it was looked at
      await this.prove(person);
      await person.visit(path);
    }
    if (person.name !== 'visitor' && person.path().startsWith('/sign-in') && path !== '/operation-log') {
      await this.signIn(person);                 // the moved clock has ended the session
      await person.visit(path);
    }
  }

  async leave(page, control) {
    await Promise.all([page.waitForNavigation({ waitUntil: 'load', timeout: 120_000 }), control.click({ timeout: 120_000 })]);
    this.filled = null;
  }

  async button(page, selector) {
    if (selector) return page.locator('main').locator(selector).first();
    if (this.filled) return this.filled.locator('xpath=ancestor::form').locator('[type=submit]').first();
    return page.locator('main form[method=post] [type=submit]').first();
  }

  async fill(page, name, value) {
    let field = page.locator(`main [name="${name}"]`).and(page.locator(':not([type=hidden])'));
    const type = await field.first().evaluate((element) => element.type, undefined, { timeout: 120_000 });
    if (type === 'radio') { field = page.locator(`main [name="${name}"][value="${value}"]`); await field.check({ timeout: 120_000 }); }
    else if (type === 'checkbox') await field.first().setChecked(value !== '');
    else if (type.startsWith('select')) await field.first().selectOption(value);
    else await field.first().fill(value);
    this.filled = field.first();
  }

  // The newest code that came for this account, by whatever way: what the page before asked for.
  async code(person) {
    for (let i = 0; i < PATIENCE; i++) {
      const names = (await this.server.messageNames()).reverse();
      for (const name of names) {
        const message = await this.server.read(name);
        const digits = /(?<!\d)(\d{6})(?!\d)/.exec(`${message.subject} ${message.text}`);
        if (message.to === person.login && digits) return this.fill(person.page, 'code', digits[1]);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail(`no code came for ${person.login}`);
  }

  async link(person, path, to) {
    for (let i = 0; i < PATIENCE; i++) {
      for (const name of (await this.server.messageNames()).reverse()) {
        const message = await this.server.read(name);
        const link = message.to === to && new RegExp(`${path}[\\w-]+`).exec(message.text);
        if (link) return this.open(person, link[0]);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail(`no link ${path} came for ${to}`);
  }

  // The keeper of the programs is held meanwhile, so that it does not start what is stopped anew.
  async stopProgram(which) {
    this.stopped = which;
    process.kill(this.server.child.pid, 'SIGSTOP');
    const pid = Number(which === 'db' ? await readFile(join(this.server.var, 'db.pid'), 'utf8') : await this.webPid());
    process.kill(pid, 'SIGTERM');
    while (await alive(pid)) await new Promise((done) => setTimeout(done, 50));
  }
  async webPid() {
    const line = (await readFile(join(this.server.var, 'log/web.log'), 'utf8')).trim().split('\n').pop();
    const status = await readFile(`/proc/${JSON.parse(line).pid}/status`, 'utf8');
    return /^PPid:\s+(\d+)/m.exec(status)[1];
  }
  // The web server with the limit of nginx.conf.example, so low that nothing more comes through.
  async limitRequests(person) {
    this.stopped = 'limit';
    const conf = join(this.server.var, 'nginx/nginx.conf');
    this.calm = await readFile(conf, 'utf8');
    await this.reload(this.calm
      .replace('http {', 'http {\n    limit_req_zone $binary_remote_addr zone=requests:1m rate=1r/m;\n    limit_req_status 429;')
      .replace('location / {', 'location / { limit_req zone=requests;'));
    // A connection that was open before may still be served as before.
    while ((await person.visit('/sign-in')).status() !== 429) await new Promise((done) => setTimeout(done, 50));
  }
  async reload(conf) {
    await writeFile(join(this.server.var, 'nginx/nginx.conf'), conf);
    process.kill(Number(await readFile(join(this.server.var, 'nginx/nginx.pid'), 'utf8')), 'SIGHUP');
  }

  async revive() {
    if (!this.stopped) return;
    if (this.stopped === 'limit') await this.reload(this.calm);
    else process.kill(this.server.child.pid, 'SIGCONT');
    for (;;) {
      const answer = await fetch(`${this.server.origin}/sign-in`).catch(() => null);
      if (answer?.status === 200) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    this.stopped = null;
  }

  // What the program wrote about this answer: { route, page, status, method }.
  async logLine(answer) {
    const { pathname } = new URL(answer.url());
    const secret = /^\/(reset-password|invitation|join)\/[^/]+$/.test(pathname);
    const file = join(this.server.var, 'log/web.log');
    const { size } = await stat(file);
    const handle = await open(file);
    const length = Math.min(size, 60_000);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    await handle.close();
    for (const line of buffer.toString('utf8').trim().split('\n').reverse()) {
      if (!line.startsWith('{')) continue;
      const entry = JSON.parse(line);
      if (entry.event === 'request' && entry.status === answer.status() && entry.method === answer.request().method() &&
          (entry.path === pathname || (entry.path.includes('{token}') && pathname.startsWith(entry.path.split('{token}')[0])) || secret))
        return entry;
    }
    return null;
  }

  async close() {
    for (const person of this.people.values()) await person.context.close();
  }
}
