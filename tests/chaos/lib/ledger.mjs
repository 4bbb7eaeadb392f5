// What people were told, and what the database has of it: each act carries a word of its own that the database keeps, so that
// afterwards it can be counted. Acknowledged: exactly once. Not acknowledged: at most once. Refused: never. What is there by half
// counts as twice.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const rows = (operation, of = 'r') => `(SELECT COUNT(*) FROM operation_log l WHERE l.request_id = ${of}.id AND l.operation = '${operation}')`;

// An association that a request has ended, with all that follows from it.
const ended = (word, operation, side) => `SELECT ${word}, SUM(IF(
    r.state = 'COMPLETED' AND r.decided_by_side = '${side}' AND a.status = 'ENDED' AND a.ended_by_request = r.id AND a.ended_at = r.decided_at
    AND ${rows(operation)} = 1 AND ${rows('DISASSOCIATED')} = 1
    AND (SELECT COUNT(*) FROM task t WHERE t.association_id = a.id AND t.kind IN ('ACCOUNT_INFORMATION', 'EXPORT_BILLS')) = 2, 1, 2))
  FROM disassociation_request r JOIN association a ON a.id = r.association_id`;
const decided = (state, operation) => `SELECT r.decision_text, SUM(IF(r.state = '${state}' AND ${rows(operation)} = 1, 1, 2))
  FROM disassociation_request r WHERE r.decision_text LIKE 'w-%' GROUP BY r.decision_text`;

// One query a kind of act: each word that is there, and how often.
const counts = {
  freeze: "SELECT reason, COUNT(*) FROM freeze WHERE reason LIKE 'w-%' GROUP BY reason",
  unfreeze: "SELECT lift_reason, COUNT(*) FROM freeze WHERE lift_reason LIKE 'w-%' GROUP BY lift_reason",
  submit: `SELECT r.reason_text, SUM(IF(${rows('REQUEST_SUBMITTED')} = 1, 1, 2)) FROM disassociation_request r WHERE r.reason_text LIKE 'w-%' GROUP BY r.reason_text`,
  withdraw: "SELECT request_no, COUNT(*) FROM operation_log WHERE to_state = 'WITHDRAWN' GROUP BY request_no",
  reject: decided('REJECTED', 'REQUEST_REJECTED'),
  decline: decided('REJECTED', 'REQUEST_REJECTED'),
  dismiss: decided('REJECTED', 'REQUEST_DISMISSED'),
  agree: `${ended('r.decision_text', 'REQUEST_AGREED', 'PARTNER')} WHERE r.decision_text LIKE 'w-%' GROUP BY r.decision_text`,
  complete: `${ended('r.decision_text', 'REQUEST_COMPLETED', 'PLATFORM')} WHERE r.decision_text LIKE 'w-%' GROUP BY r.decision_text`,
  consent: `${ended('r.no', 'REQUEST_AGREED', 'CUSTOMER')} WHERE r.state = 'COMPLETED' GROUP BY r.no`,
  escalate: "SELECT request_no, COUNT(*) FROM operation_log WHERE operation = 'REQUEST_ESCALATED' GROUP BY request_no",
  expire: `SELECT r.no, IF(r.state = 'EXPIRED', ${rows('REQUEST_EXPIRED')}, 2) FROM disassociation_request r WHERE ${rows('REQUEST_EXPIRED')} > 0`,
  prove: "SELECT id, 1 FROM verification_code WHERE proven_at IS NOT NULL",
  invite: "SELECT name, COUNT(*) FROM invitation WHERE name LIKE 'w-%' GROUP BY name",
  accept: `SELECT i.name, SUM(IF(i.status = 'ACCEPTED' AND a.partner_id = i.partner_id AND a.customer_id = i.customer_id
      AND (SELECT COUNT(*) FROM operation_log l WHERE l.chain_id = a.id AND l.operation = 'ASSOCIATED') = 1, 1, 2))
    FROM invitation i JOIN association a ON a.id = i.association_id WHERE i.name LIKE 'w-%' GROUP BY i.name`,
  export: "SELECT SUBSTRING_INDEX(words, ' ', -1), COUNT(*) FROM log_export GROUP BY 1",
  charge: `SELECT r.name, IF(r.state = 'ACTIVE' AND r.next_charge_at > c.due_at
      AND (SELECT COUNT(*) FROM operation_log l WHERE l.customer_id = r.customer_id AND l.operation = 'RESOURCE_PAID' AND l.object = r.name) = 1, COUNT(*), 2)
    FROM resource r JOIN charge c ON c.resource_id = r.id AND c.result = 'PAID' WHERE r.name LIKE 'w-%' GROUP BY r.id`,
  release: `SELECT r.name, IF(COUNT(*) = 3 AND COUNT(DISTINCT l.operation) = 3, 1, 2)
    FROM resource r JOIN operation_log l ON l.customer_id = r.customer_id AND l.object = r.name
      AND l.operation IN ('RESOURCE_GRACE', 'RESOURCE_RETENTION', 'RESOURCE_RELEASED')
    WHERE r.name LIKE 'w-%' AND r.state = 'RELEASED' GROUP BY r.id`,
};
export const kinds = Object.keys(counts);
// The word of every try: one of them may be there.
const shared = new Set(['withdraw', 'consent']);

// Things of the job worker that are under way, and so not there yet.
const waiting = `SELECT
  (SELECT COUNT(*) FROM log_export WHERE state IN ('QUEUED', 'WRITING') OR (state = 'READY' AND expires_at <= NOW)) +
  (SELECT COUNT(*) FROM resource WHERE name LIKE 'w-%' AND (state IN ('GRACE', 'RETENTION') OR (state = 'ACTIVE' AND next_charge_at < NOW))) +
  (SELECT COUNT(*) FROM disassociation_request WHERE state = 'PENDING' AND deadline_at < NOW)`;

export class Ledger {
  constructor() {
    this.entries = [];
    this.n = 0;
    this.acts = 0;      // forms that were asked for
    this.absent = {};   // of these, not on their page
    this.mayLackRoom = false;   // the disk was full once
    this.lateFaults = [];       // of exports that are gone when all is looked at
  }

  word() { return `w-${++this.n}-x`; }

  add(kind, word, state = 'unknown') {
    const entry = { kind, word, state, tries: 0 };
    this.entries.push(entry);
    return entry;
  }

  tally() {
    const tally = { acknowledged: 0, unknown: 0, refused: 0 };
    for (const { state } of this.entries) tally[state]++;
    return tally;
  }

  // How often each kind was acknowledged, from that entry on.
  acknowledged(from = 0) {
    const n = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    for (const { kind, state } of this.entries.slice(from)) if (state === 'acknowledged') n[kind]++;
    return n;
  }

  // Kinds that were never acknowledged since.
  undone(from) { return Object.entries(this.acknowledged(from)).filter(([, n]) => n === 0).map(([kind]) => kind); }

  async isSettled(site) { return Number(await site.surely(waiting.replaceAll('NOW', site.now()))) === 0; }

  // What the database has of them must fit.
  async faults(site) {
    const faults = [];
    for (const [kind, sql] of Object.entries(counts)) {
      const found = new Map((await site.surely(sql)).trim().split('\n').map((line) => line.split('\t')).map(([word, n]) => [word, Number(n)]));
      for (const entry of this.entries.filter((one) => one.kind === kind)) {
        const n = found.get(String(entry.word)) ?? 0;
        const fits = entry.state === 'acknowledged' ? n === 1 : entry.state === 'unknown' || shared.has(kind) ? n <= 1 : n === 0;
        if (!fits) faults.push(`${kind} ${entry.word} was ${entry.state} (${entry.tries} tries) and is there ${n} times`);
      }
    }
    return [...faults, ...await this.exportFaults(site), ...await this.proofFaults(site)];
  }

  // One that could not be written is told so: only where there was no room. No file is kept that nothing offers.
  async exportFaults(site) {
    const failed = Number(await site.surely("SELECT COUNT(*) FROM log_export WHERE state = 'FAILED'"));
    const files = new Set(await readdir(join(site.var, 'exports')));
    const faults = [...this.lateFaults.splice(0), ...failed > 0 && !this.mayLackRoom ? [`${failed} exports failed`] : []];
    const ready = await this.readyExports(site);
    for (const { file } of ready) files.delete(file);
    return [...faults, ...ready.flatMap(({ fault }) => fault), ...[...files].map((file) => `export ${file} is kept and offered by nothing`)];
  }

  // A file is as long as the row says that offers it. Not of those that may be gone any time (see endExports).
  async readyExports(site) {
    const ready = [];
    for (const line of (await site.surely("SELECT id, file, bytes FROM log_export WHERE state = 'READY' AND expires_at > '2000-01-01'")).trim().split('\n').filter(Boolean)) {
      const [id, file, bytes] = line.split('\t');
      const size = await stat(join(site.var, 'exports', file)).then((status) => status.size, () => 'no');
      ready.push({ id, file, fault: size === Number(bytes) ? [] : [`export ${file} has ${size} bytes and is offered with ${bytes}`] });
    }
    return ready;
  }

  // Those that have been looked at are offered no longer, and the job worker deletes them.
  async endExports(site) {
    const ready = await this.readyExports(site);
    this.lateFaults.push(...ready.flatMap(({ fault }) => fault));
    if (ready.length > 0) await site.surely(`UPDATE log_export SET expires_at = '2000-01-01' WHERE state = 'READY' AND id IN (${ready.map(({ id }) => id)})`);
  }

  // A code is accepted once: the log tells of as many as there are.
  async proofFaults(site) {
    const lines = await site.surely(`SELECT c.account_id, COUNT(*), (SELECT COUNT(*) FROM operation_log l WHERE l.account_id = c.account_id
        AND l.operation = 'CODE_PROVEN' AND l.at >= MIN(c.proven_at)) AS told
      FROM verification_code c WHERE c.purpose IN ('SUBMIT', 'AGREE', 'REJECT') AND c.proven_at >= '${this.since}'
      GROUP BY c.account_id HAVING COUNT(*) <> told`);
    return lines.trim().split('\n').filter(Boolean).map((line) => `codes proven, and told so by the log, of an account: ${line}`);
  }
}
