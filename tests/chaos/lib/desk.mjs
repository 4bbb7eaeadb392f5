// The platform's desk: keeps the job worker busy with what nobody else gives it: exports of the log, charges, resources that end.
import { sleep } from './site.mjs';
import { formBody } from './client.mjs';

// One that its partner pays for, and one that nobody does: neither is a player.
const PAID_FOR = 'clean8@demo.test', NOT_PAID_FOR = 'alone@demo.test';

export class Desk {
  constructor(site, ledger, ops) { Object.assign(this, { site, ledger, ops, n: 0 }); }

  // The worker that had it may have died; nobody else does until its lease has passed.
  endLeases() {
    return this.site.surely(`UPDATE log_export SET lease_until = ${this.site.now()} WHERE state = 'WRITING' AND lease_until < ${this.site.now()} + INTERVAL 115 SECOND`);
  }

  // A person has one export in preparation.
  async export() {
    await this.endLeases();
    if (Number(await this.site.surely("SELECT COUNT(*) FROM log_export WHERE state IN ('QUEUED', 'WRITING')")) > 0) return;
    await this.ledger.endExports(this.site);
    // Long before all rows, so that all are in it; another day each, which stands in the row of the export.
    const word = new Date(Date.UTC(1980, 0, 1 + ++this.n)).toISOString().slice(0, 10);
    const body = formBody((await this.ops.get('/audit-log')).body, '/audit-log/exports', { from: word, format: 'CSV' });
    this.ledger.acts++;
    if (body === undefined) {
      this.ledger.absent.export = (this.ledger.absent.export ?? 0) + 1;
      return;
    }
    const entry = this.ledger.add('export', word);
    entry.tries++;
    if ((await this.ops.ask('POST', '/audit-log/exports', body)).status === 303) entry.state = 'acknowledged';
  }

  // Due days ago; whatever the worker does about it, it does once.
  async resource(kind, login, days) {
    const word = this.ledger.word();
    await this.site.surely(`INSERT INTO resource (customer_id, name, amount_minor, next_charge_at, state)
      SELECT u.account_id, '${word}', 1250, ${this.site.now()} - INTERVAL ${days} DAY, 'ACTIVE' FROM user u
      WHERE u.login = '${login}' AND NOT EXISTS (SELECT 1 FROM resource WHERE name = '${word}')`);
    this.ledger.add(kind, word, 'acknowledged');
  }

  async work() {
    while (!this.asked) {
      await this.export();
      await this.resource('charge', PAID_FOR, 2);
      await this.resource('release', NOT_PAID_FOR, 40);
      await sleep(700);
    }
  }

  begin() {
    this.asked = false;
    this.working = this.work().then(() => undefined, (error) => error);
  }

  async end() {
    this.asked = true;
    const failure = await this.working;
    if (failure !== undefined) throw failure;
  }
}
