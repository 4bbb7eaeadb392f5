// Customers and their partner at work, and the ledger of what they did: each act carries a word of its own that the database keeps, so
// that afterwards it can be counted. Acknowledged: exactly once. Not acknowledged: at most once. Refused: never.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMessage } from '../../e2e/lib/server.mjs';
import { formBody } from './client.mjs';
import { sleep } from './site.mjs';

const counts = {
  freeze: "SELECT reason, COUNT(*) FROM freeze WHERE reason LIKE 'w-%' GROUP BY reason",
  unfreeze: "SELECT lift_reason, COUNT(*) FROM freeze WHERE lift_reason LIKE 'w-%' GROUP BY lift_reason",
  submit: "SELECT reason_text, COUNT(*) FROM disassociation_request WHERE reason_text LIKE 'w-%' GROUP BY reason_text",
  reject: "SELECT decision_text, COUNT(*) FROM disassociation_request WHERE decision_text LIKE 'w-%' GROUP BY decision_text",
  withdraw: "SELECT no, COUNT(*) FROM disassociation_request r JOIN operation_log l ON l.request_id = r.id AND l.to_state = 'WITHDRAWN' GROUP BY no",
  invite: "SELECT name, COUNT(*) FROM invitation WHERE name LIKE 'w-%' GROUP BY name",
};

export class Ledger {
  constructor() {
    this.entries = [];
    this.n = 0;
  }

  word() { return `w-${++this.n}-x`; }

  add(kind, word) {
    const entry = { kind, word, state: 'unknown', tries: 0 };
    this.entries.push(entry);
    return entry;
  }

  tally() {
    const tally = { acknowledged: 0, unknown: 0, refused: 0 };
    for (const { state } of this.entries) tally[state]++;
    return tally;
  }

  // What the database has of them must fit.
  async faults(site) {
    const faults = [];
    for (const [kind, sql] of Object.entries(counts)) {
      const found = new Map((await site.sql(sql)).trim().split('\n').map((line) => line.split('\t')).map(([word, n]) => [word, Number(n)]));
      for (const entry of this.entries.filter((one) => one.kind === kind)) {
        const n = found.get(entry.word) ?? 0;
        // A request's number is the word of every try to withdraw it.
        const fits = entry.state === 'acknowledged' ? n === 1 : entry.state === 'unknown' || kind === 'withdraw' ? n <= 1 : n === 0;
        if (!fits) faults.push(`${kind} ${entry.word} was ${entry.state} (${entry.tries} tries) and is there ${n} times`);
      }
    }
    return faults;
  }
}

export class Player {
  constructor(site, ledger, random, partner, owner, customer) {
    Object.assign(this, { site, ledger, random, partner, owner, customer });
    this.isPlaying = false;
  }

  // A form of this page, sent; again and again when that is the mood, or never again. 'done', 'led' elsewhere, 'refused', 'unknown', 'absent'.
  async act(who, page, action, fields, { kind, word, isDone = () => true } = {}) {
    const shown = await who.get(page);
    const body = formBody(shown.body, action, fields);
    if (body === undefined) return 'absent';
    const entry = kind === undefined ? { tries: 0 } : this.ledger.add(kind, word);
    const insists = this.random() < 0.5;
    for (;;) {
      entry.tries++;
      const answer = await who.ask('POST', action, body);
      this.last = answer;
      if (answer.status === 503 || answer.status === 0) {
        if (!insists || entry.tries > 200) return 'unknown';
        await sleep(200);
        continue;
      }
      const done = answer.status === 303 && isDone(answer.location);
      if (done) entry.state = 'acknowledged';
      else if (entry.tries === 1) entry.state = 'refused';
      return done ? 'done' : answer.status === 303 ? 'led' : 'refused';
    }
  }

  freeze() {
    const word = this.ledger.word();
    const at = `/customers/${this.customer}`;
    return this.act(this.partner, `${at}/freeze`, `${at}/freeze`, { type: 'ACCOUNT', reason: word }, { kind: 'freeze', word });
  }

  unfreeze() {
    const word = this.ledger.word();
    const at = `/customers/${this.customer}`;
    return this.act(this.partner, `${at}/unfreeze`, `${at}/unfreeze`, { reason: word }, { kind: 'unfreeze', word });
  }

  invite() {
    const word = this.ledger.word();
    return this.act(this.partner, '/customer-invite', '/customer-invite/link', { label: word }, { kind: 'invite', word });
  }

  withdraw(no) {
    return this.act(this.partner, `/requests/${no}/withdraw`, `/requests/${no}/withdraw`, {}, { kind: 'withdraw', word: no });
  }

  reject(no) {
    const word = this.ledger.word();
    return this.act(this.partner, `/requests/${no}`, `/requests/${no}`, { decision: 'REJECT', message: word },
      { kind: 'reject', word, isDone: (location) => location.endsWith('/done') });
  }

  async partnerAsks() {
    const at = `/customers/${this.customer}/disassociate`;
    const word = this.ledger.word();
    await this.act(this.partner, `${at}/check`, `${at}/confirm`, { understood: '1' });
    const came = await this.act(this.partner, `${at}/reason`, `${at}/reason`, { reason: 'PRICE', details: word },
      { kind: 'submit', word, isDone: (location) => location.endsWith('/sent') });
    if (came === 'done') await this.withdraw(this.last.location.split('/')[2]);
  }

  async customerAsks() {
    const word = this.ledger.word();
    await this.act(this.owner, '/disassociate/check', '/disassociate/confirm', { understood: '1' });
    const before = new Set(await readdir(join(this.site.var, 'messages')));
    await this.act(this.owner, '/disassociate/verify', '/disassociate/verify/send', { channel: 'EMAIL' });
    const code = await this.code(before);
    if (code === undefined) return;
    await this.act(this.owner, '/disassociate/verify', '/disassociate/verify', { code });
    const came = await this.act(this.owner, '/disassociate/reason', '/disassociate/reason', { reason: 'PRICE', details: word },
      { kind: 'submit', word, isDone: (location) => location.startsWith('/disassociate/submitted/') });
    if (came === 'done') await this.reject(this.last.location.split('/').pop());
  }

  // The job worker may be dead, so it is not waited for without end.
  async code(before) {
    for (let i = 0; i < 60; i++) {
      const names = (await readdir(join(this.site.var, 'messages'))).filter((name) => /^[^.].*\.eml$/.test(name) && !before.has(name));
      for (const name of names.reverse()) {
        const message = parseMessage(await readFile(join(this.site.var, 'messages', name), 'utf8'), name);
        const code = /\b\d{6}\b/.exec(message.text)?.[0];
        if (message.to === this.login && code !== undefined) return code;
      }
      await sleep(100);
    }
    return undefined;
  }

  // What an unknown outcome has left open is closed first.
  async tidy() {
    const page = await this.partner.get(`/customers/${this.customer}`);
    if (page.body.includes(`/customers/${this.customer}/unfreeze"`)) await this.unfreeze();
    for (const no of new Set(page.body.match(/DR\d{8}-\d{6}/g) ?? [])) {
      const request = await this.partner.get(`/requests/${no}`);
      if (request.body.includes(`/requests/${no}/withdraw"`)) await this.withdraw(no);
      else if (request.body.includes('value="REJECT"')) await this.reject(no);
    }
  }

  async play() {
    const stories = [() => this.freeze().then(() => this.unfreeze()), () => this.partnerAsks(), () => this.customerAsks(), () => this.invite()];
    this.isPlaying = true;
    this.asked = false;
    while (!this.asked) {
      await this.tidy();
      if (this.asked) break;
      await stories[Math.floor(this.random() * stories.length)]();
    }
    this.isPlaying = false;
  }

  begin() { this.playing = this.play(); }

  async end() {
    this.asked = true;
    await this.playing;
  }
}
