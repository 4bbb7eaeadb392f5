// A person without a browser: cookies, forms, and a judgement of every answer. What no answer may be is noted, not thrown.
import { request } from 'node:http';
import { totp } from '../../e2e/lib/totp.mjs';
import { PATIENCE_MS, sleep } from './site.mjs';

const right = new Set([200, 303, 400, 404, 409, 410, 429, 503]);
const LATE_MS = 1500;               // an answer that took longer was held up by something
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';   // of the demo's platform users: deploy/local/accounts.txt

export class Client {
  constructor(site, name, notes) {
    this.site = site;
    this.name = name;
    this.notes = notes;
    this.cookies = new Map();
  }

  // One request and its answer; status 0: there was none.
  once(method, path, body) {
    return new Promise((done) => {
      const headers = { Host: `127.0.0.1:${this.site.port}`, Connection: 'close' };
      if (this.cookies.size > 0) headers.Cookie = [...this.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
      if (body !== undefined) {
        headers.Origin = `http://127.0.0.1:${this.site.port}`;
        headers['Content-Type'] = 'application/x-www-form-urlencoded';
        headers['Content-Length'] = Buffer.byteLength(body);
      }
      const none = (why) => done({ status: 0, why, headers: {}, body: '', location: '' });
      const sent = request({ host: '127.0.0.1', port: this.site.port, method, path, headers, agent: false, timeout: PATIENCE_MS }, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.on('error', (error) => none(`cut off: ${error.message}`));
        answer.on('end', () => {
          for (const line of answer.headers['set-cookie'] ?? []) this.takeCookie(line);
          const bytes = Buffer.concat(pieces);
          done({ status: answer.statusCode, headers: answer.headers, body: bytes.toString('utf8'), bytes: bytes.length,
            location: answer.headers.location ?? '' });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer within a minute')));
      sent.on('error', (error) => none(error.message));
      sent.end(body);
    });
  }

  takeCookie(line) {
    const [pair, ...attributes] = line.split('; ');
    const [key, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (attributes.includes('Max-Age=0')) this.cookies.delete(key);
    else this.cookies.set(key, value);
  }

  judge(method, path, answer) {
    const wrong = (what) => this.notes.violations.push(`${new Date().toISOString()} ${this.name} ${method} ${path}: ${what}`);
    this.notes.answers[answer.status] = (this.notes.answers[answer.status] ?? 0) + 1;
    if (answer.status === 0) {
      if (!this.notes.mayBeClosed) wrong(`no answer: ${answer.why}`);
      return;
    }
    // A form made by a clock that has been set back since is stale: its page again.
    if (!right.has(answer.status) && !(answer.status === 403 && method === 'POST' && this.notes.clockJumps)) wrong(`status ${answer.status}: ${answer.body.slice(0, 300)}`);
    if (answer.headers['content-length'] !== undefined && Number(answer.headers['content-length']) !== answer.bytes) wrong('not as long as it says');
    if (answer.status !== 303 && !/<\/html>\s*$/.test(answer.body)) wrong(`status ${answer.status} without a whole page`);
    if (answer.status === 503 && answer.headers['retry-after'] === undefined) wrong('503 without Retry-After');
    if (answer.status === 303 && answer.location.startsWith('/sign-in') && this.cookies.size > 0 && this.isSignedIn) wrong('signed out');
  }

  async ask(method, path, body) {
    const since = Date.now(), answer = await this.once(method, path, body);
    this.judge(method, path, answer);
    if (answer.status === 503 || answer.status === 0) this.notes.hurt.refused++;
    else if (Date.now() - since > LATE_MS) this.notes.hurt.late++;
    return answer;
  }

  // A page that comes in the end; patience runs out when it does not recover.
  async get(path) {
    let until = Date.now() + PATIENCE_MS;
    for (let hops = 0; hops < 6;) {
      const answer = await this.ask('GET', path);
      if (answer.status === 303) {
        path = answer.location;
        hops++;
      } else if (answer.status !== 503 && answer.status !== 0) {
        return { ...answer, path };
      } else {
        if (this.notes.isFrozen) until = Date.now() + PATIENCE_MS;   // counted from the end of what is done to it
        if (Date.now() > until) {
          this.notes.violations.push(`${this.name} GET ${path}: away for a minute`);
          return { ...answer, path };
        }
        await sleep(150);
      }
    }
    return { status: 303, body: '', path, location: path, headers: {} };
  }

  async signIn(login, password) {
    for (const until = Date.now() + PATIENCE_MS;;) {
      if (Date.now() > until) throw new Error(`${login} could not sign in within a minute`);
      const page = await this.get('/sign-in');
      const answer = await this.ask('POST', '/sign-in', formBody(page.body, '/sign-in', { login, password }));
      if (answer.status === 303) break;
      await sleep(300);
    }
    this.isSignedIn = true;
  }

  // Of a platform user: what its phone shows now.
  async enterCode() {
    const page = await this.get('/sign-in/code');
    const code = totp(secret, Date.now() / 1000 + this.site.shift);
    const answer = await this.ask('POST', '/sign-in/code', formBody(page.body, '/sign-in/code', { code }));
    if (answer.status !== 303) throw new Error(`${this.name} could not sign in: ${answer.status}`);
  }
}

const unescape = (text) => text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// The body that the page's form of this action sends; undefined when there is no such form.
export function formBody(html, action, fields) {
  const form = new RegExp(`<form method="post" action="${action.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"[\\s\\S]*?</form>`).exec(html)?.[0];
  if (form === undefined) return undefined;
  const pairs = new URLSearchParams();
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) pairs.set(name, unescape(value));
  for (const [name, value] of Object.entries(fields)) pairs.set(name, value);
  return pairs.toString();
}
