// Customers, their partner and the platform at work; what each was told goes into the ledger.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMessage } from '../../e2e/lib/server.mjs';
import { formBody } from './client.mjs';
import { PATIENCE_MS, sleep } from './site.mjs';

const generic = (path) => path.replace(/DR\d{8}-\d{6}|C-\d+/g, '…').replace(/^\/invitation\/[^/]+/, '/invitation/…');

export class Player {
  // people: its { owner, partner, ops }; customer: number of its account. dealt: names of the stories it tells next.
  constructor(site, ledger, random, people, customer) {
    Object.assign(this, { site, ledger, random, customer, dealt: [], ...people });
  }

  // A form of this page, sent; again and again when that is the mood, or never again. 'done', 'led' elsewhere, 'refused', 'unknown',
  // 'absent': it is not there, which is counted; 'quota': for that reason.
  async act(who, page, action, fields, { kind, word, isDone = () => true } = {}) {
    const shown = await who.get(page);
    const body = formBody(shown.body, action, fields);
    this.ledger.acts++;
    if (body === undefined) {
      const why = shown.body.includes('id="quota"') ? 'quota' : 'absent', what = why === 'quota' ? why : generic(action);
      this.ledger.absent[what] = (this.ledger.absent[what] ?? 0) + 1;
      return why;
    }
    const entry = kind === undefined ? { tries: 0 } : this.ledger.add(kind, word);
    const insists = this.random() < 0.5, since = Date.now();
    for (;;) {
      entry.tries++;
      const answer = await who.ask('POST', action, body);
      this.last = answer;
      if (answer.status === 503 || answer.status === 0) {
        if (!insists || Date.now() > since + PATIENCE_MS) return 'unknown';
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

  // --- the partner asks

  // The request's number, or undefined.
  async partnerSends() {
    const at = `/customers/${this.customer}/disassociate`;
    const word = this.ledger.word();
    await this.act(this.partner, `${at}/check`, `${at}/confirm`, { understood: '1' });
    const came = await this.act(this.partner, `${at}/reason`, `${at}/reason`, { reason: 'PRICE', details: word },
      { kind: 'submit', word, isDone: (location) => location.endsWith('/sent') });
    return came === 'done' ? this.last.location.split('/')[2] : undefined;
  }

  // The customer's answer, which its code carries out.
  async customerAnswers(no, decision) {
    const at = `/process-request/${no}`, word = this.ledger.word();
    const came = await this.act(this.owner, at, at, { decision, message: word, understood: '1' });
    if (came !== 'done' && came !== 'unknown') return;
    const code = await this.code(`${at}/verify`, decision);
    if (code === undefined) return;
    await this.act(this.owner, `${at}/verify`, `${at}/verify`, { code: code.digits },
      { kind: decision === 'AGREE' ? 'consent' : 'decline', word: decision === 'AGREE' ? no : word, isDone: (location) => location.endsWith('/done') });
  }

  // --- the customer asks

  async customerSends() {
    const word = this.ledger.word();
    await this.act(this.owner, '/disassociate/check', '/disassociate/confirm', { understood: '1' });
    const code = await this.code('/disassociate/verify', 'SUBMIT');
    if (code === undefined) return undefined;
    await this.act(this.owner, '/disassociate/verify', '/disassociate/verify', { code: code.digits }, code.id === undefined ? {} : { kind: 'prove', word: code.id });
    const came = await this.act(this.owner, '/disassociate/reason', '/disassociate/reason', { reason: 'PRICE', details: word },
      { kind: 'submit', word, isDone: (location) => location.startsWith('/disassociate/submitted/') });
    return came === 'done' ? this.last.location.split('/').pop() : undefined;
  }

  agree(no) {
    const word = this.ledger.word();
    return this.act(this.partner, `/requests/${no}`, `/requests/${no}`, { decision: 'AGREE', message: word, understood: '1' },
      { kind: 'agree', word, isDone: (location) => location.endsWith('/done') });
  }

  platformDecides(no, decision) {
    const word = this.ledger.word(), at = `/escalations/${no}`;
    return this.act(this.ops, at, at, { decision, note: word },
      { kind: decision === 'COMPLETE' ? 'complete' : 'dismiss', word, isDone: (location) => location.endsWith(no) });
  }

  // Nobody has answered in time; the job worker sees to it, once, whatever dies. kind: what is to come of it.
  async deadlinePasses(no, kind) {
    await this.site.surely(`UPDATE disassociation_request SET deadline_at = GREATEST(submitted_at, COALESCE(escalated_at, submitted_at)) + INTERVAL 1 MICROSECOND
      WHERE no = '${no}' AND state = 'PENDING'${kind === 'escalate' ? ' AND escalated_at IS NULL' : ''}`);
    this.ledger.add(kind, no, 'acknowledged');
    const done = kind === 'escalate' ? 'escalated_at IS NOT NULL' : "state <> 'PENDING'";
    for (const until = Date.now() + 3 * PATIENCE_MS; Date.now() < until; await sleep(150))
      if ((await this.site.surely(`SELECT ${done} FROM disassociation_request WHERE no = '${no}'`)).trim() === '1') return;
    throw new Error(`the deadline of ${no} was not met within three minutes`);
  }

  // --- codes

  // A code sent from this page, as { digits, id }. The job worker may be dead, so it is not waited for without end.
  async code(page, purpose) {
    const before = new Set(await readdir(join(this.site.var, 'messages')));
    // Too soon after the last one is refused.
    for (let tries = 0; tries < 3 && await this.act(this.owner, page, `${page}/send`, { channel: 'EMAIL' }) === 'refused'; tries++) await sleep(700);
    for (let i = 0; i < 60; i++) {
      const names = (await readdir(join(this.site.var, 'messages'))).filter((name) => /^[^.].*\.eml$/.test(name) && !before.has(name));
      for (const name of names.reverse()) {
        const message = parseMessage(await readFile(join(this.site.var, 'messages', name), 'utf8'), name);
        const digits = /^Your code to /.test(message.subject) ? /(?<![\d-])\d{6}\b/.exec(message.text)?.[0] : undefined;
        if (message.to === this.login && digits !== undefined) return { digits, id: await this.codeId(purpose) };
      }
      await sleep(100);
    }
    return undefined;
  }

  async codeId(purpose) {
    const id = await this.site.sql(`SELECT MAX(c.id) FROM verification_code c JOIN account a ON a.id = c.account_id
      WHERE a.no = '${this.customer}' AND c.purpose = '${purpose}' AND c.state = 'LIVE'`).catch(() => '');
    return /^\d+$/.test(id.trim()) ? id.trim() : undefined;
  }

  // --- coming back

  // Who has left comes back by an invitation.
  async comeBack() {
    const word = this.ledger.word();
    const came = await this.act(this.partner, '/customer-invite', '/customer-invite/link', { label: word }, { kind: 'invite', word });
    if (came !== 'done') return;
    const link = /id="url" value="[^"]*(\/invitation\/[^"]+)"/.exec((await this.partner.get(this.last.location)).body)?.[1];
    if (link !== undefined)
      await this.act(this.owner, link, `${link}/accept`, {}, { kind: 'accept', word, isDone: (location) => location.startsWith('/my-partner') });
  }

  async isAssociated() {
    return (await this.site.surely(`SELECT COUNT(*) FROM association s JOIN account a ON a.id = s.active_customer WHERE a.no = '${this.customer}'`)).trim() === '1';
  }

  // What an unknown outcome has left open is closed first.
  async tidy() {
    while (!await this.isAssociated() && !this.asked) await this.comeBack();
    const page = await this.partner.get(`/customers/${this.customer}`);
    if (page.body.includes(`/customers/${this.customer}/unfreeze"`)) await this.unfreeze();
    const open = await this.site.surely(`SELECT r.no FROM disassociation_request r JOIN account a ON a.id = r.customer_id WHERE a.no = '${this.customer}' AND r.state = 'PENDING'`);
    for (const no of open.trim().split('\n').filter(Boolean)) {
      const request = await this.partner.get(`/requests/${no}`);
      if (request.body.includes(`/requests/${no}/withdraw"`)) await this.withdraw(no);
      else if (request.body.includes('value="REJECT"')) await this.reject(no);
    }
  }

  async then(sending, go) {
    const no = await sending;
    if (no !== undefined) await go(no);
  }

  async play() {
    this.asked = false;
    while (!this.asked) {
      await this.tidy();
      if (this.asked) break;
      await stories[this.dealt.shift() ?? storyNames[Math.floor(this.random() * storyNames.length)]](this);
    }
  }

  begin() { this.playing = this.play().then(() => undefined, (error) => error); }

  async end() {
    this.asked = true;
    const failure = await this.playing;
    if (failure !== undefined) throw failure;
  }
}

const stories = {
  freeze: (p) => p.freeze().then(() => p.unfreeze()),
  invite: (p) => p.invite(),
  withdrawn: (p) => p.then(p.partnerSends(), (no) => p.withdraw(no)),
  declined: (p) => p.then(p.partnerSends(), (no) => p.customerAnswers(no, 'REJECT')),
  consented: (p) => p.then(p.partnerSends(), (no) => p.customerAnswers(no, 'AGREE')),
  expired: (p) => p.then(p.partnerSends(), (no) => p.deadlinePasses(no, 'expire')),
  rejected: (p) => p.then(p.customerSends(), (no) => p.reject(no)),
  agreed: (p) => p.then(p.customerSends(), (no) => p.agree(no)),
  dismissed: (p) => p.then(p.customerSends(), (no) => p.deadlinePasses(no, 'escalate').then(() => p.platformDecides(no, 'REJECT'))),
  completed: (p) => p.then(p.customerSends(), (no) => p.deadlinePasses(no, 'escalate').then(() => p.platformDecides(no, 'COMPLETE'))),
  forgotten: (p) => p.then(p.customerSends(), (no) => p.deadlinePasses(no, 'escalate').then(() => p.deadlinePasses(no, 'expire'))),
};
export const storyNames = Object.keys(stories);
