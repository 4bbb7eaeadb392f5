// Processes die, the database is away, slow, full, out of connections, nginx is reloaded, all is restarted: while people work.
//
//   SEED=1        what is killed, when, and what people do follow from it (what the machine does in between does not)
//   ROUNDS=1      each: 10 web workers, 1 job worker, 2 databases killed, and with a build that has places to die at (MODE=fault,
//                 MODE=asan) 5 of those, and 4 of the job worker's
//   SHORT=1       one round with one database, and fewer people
//   SCENES=away,slow,full,connections,clock,reload,restart   also; "all", "none"
//
// After each: every invariant of db/invariants, the chain of the log, and the ledger of what people were told (lib/ledger.mjs).
// Every answer must be a right page, or 503 with Retry-After (lib/client.mjs). That something was done is asked for too: every kind
// of act once, every kill, places to die at, and in scenes where something is amiss, that somebody has felt it.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, formBody } from './lib/client.mjs';
import { Desk } from './lib/desk.mjs';
import { Ledger } from './lib/ledger.mjs';
import { Player, storyNames } from './lib/players.mjs';
import { PATIENCE_MS, Site, sleep } from './lib/site.mjs';

const run = promisify(execFile);
const isShort = process.env.SHORT === '1';
const seed = Number(process.env.SEED ?? 1);
const rounds = Number(process.env.ROUNDS ?? 1);
const names = ['away', 'slow', 'connections', 'clock', 'reload', 'restart', 'full'];
const scenes = (process.env.SCENES ?? (isShort ? 'reload' : 'all')).split(',').flatMap((name) => (name === 'all' ? names : name === 'none' ? [] : [name]));
const logins = (isShort ? ['clean2', 'clean3', 'clean4'] : ['clean2', 'clean3', 'clean4', 'clean5', 'clean6', 'clean7']).map((name) => `${name}@demo.test`);

// mulberry32
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = generator(seed);
const notes = { violations: [], answers: {}, hurt: { refused: 0, late: 0 }, mayBeClosed: false, isFrozen: false };
const done = { web: 0, jobs: 0, db: 0, points: 0, jobPoints: 0 }, wanted = { ...done };
const recoveries = [];
let counted = { acknowledged: 0 };
let room = 0;             // the last request that the quota has forgotten
let site, ledger, players, desk, watcher;

// Requests of a side in three months: so many that all stories can be told, so few that they run out.
const QUOTA = isShort ? 6 : 12;
// Of all forms that people look for on their pages, those that are not there: what was begun before has failed.
const ABSENT_SHARE = 0.15;

const one = (list) => (list.length === 0 ? [] : [list[Math.floor(random() * list.length)]]);

async function people() {
  ledger = new Ledger();
  ledger.since = (await site.sql(`SELECT ${site.now()}`)).trim();
  watcher = new Client(site, 'watcher', notes);
  const partner = new Client(site, 'partner', notes), ops = new Client(site, 'ops', notes);
  await partner.signIn('partner@demo.test', 'demo-password-only');
  await ops.signIn('ops@demo.test', 'demo-password-only');
  await ops.enterCode();
  await limitRequests(ops);
  players = [];
  for (const [i, login] of logins.entries()) {
    const owner = new Client(site, login, notes);
    await owner.signIn(login, 'demo-password-only');
    const customer = (await site.sql(`SELECT a.no FROM user u JOIN account a ON a.id = u.account_id WHERE u.login = '${login}'`)).trim();
    const player = new Player(site, ledger, generator(seed * 1000 + i), { partner, owner, ops }, customer);
    player.login = login;
    players.push(player);
  }
  desk = new Desk(site, ledger, ops);
}

// As an operator does it, so that the history of the rules tells of it.
async function limitRequests(ops) {
  const id = (await site.sql("SELECT r.id FROM rule r JOIN rule_set s ON s.id = r.rule_set_id WHERE s.is_active = 1 AND r.code = 'Q'")).trim();
  const page = await ops.get(`/rules/${id}/preview?severity=BLOCK&cs=1&ps=1&limit=${QUOTA}&months=3`);
  const answer = await ops.ask('POST', `/rules/${id}/preview`, formBody(page.body, `/rules/${id}/preview`, { reason: 'for a while' }));
  const limit = (await site.sql(`SELECT limit_n FROM rule WHERE id = ${id}`)).trim();
  if (limit !== String(QUOTA)) throw new Error(`the quota is ${limit} (${answer.status})`);
}

// Every story is told by somebody.
function deal() {
  const order = storyNames.map((name) => [random(), name]).sort(([a], [b]) => a - b).map(([, name]) => name);
  for (const [i, player] of players.entries()) player.dealt = order.filter((_, at) => at % players.length === i);
}

const everybody = () => [...players, desk];

// Within a minute, or all ends here.
async function until(what, test, pause_ms) {
  for (const end = Date.now() + PATIENCE_MS; !(await test()); await sleep(pause_ms))
    if (Date.now() > end) throw new Error(`${what}: not within a minute. ${notes.violations.join('\n')}\n${await site.tail()}`);
}

// Until pages come again. The cause has gone when this begins.
async function recovered(what) {
  const since = Date.now();
  await until(`pages after ${what}`, async () => {
    const answer = await watcher.once('GET', '/sign-in');
    if (answer.status !== 200 && answer.status !== 503 && !(answer.status === 0 && notes.mayBeClosed)) watcher.judge('GET', '/sign-in', answer);
    return answer.status === 200;
  }, 20);
  recoveries.push({ what, ms: Date.now() - since });
}

function databaseIsUp() {
  return until('the database', () => site.sql('SELECT 1').then(() => true, () => false), 30);
}

// --- killing ---------------------------------------------------------------------------------------------------------------

// One of a kind; when there is none just now, the next.
async function kill(kind) {
  wanted[kind]++;
  await until(`a process to kill (${kind})`, async () => await site.signal(kind, 'SIGKILL', one) > 0, 50);
  done[kind]++;
  if (kind === 'db') {
    await sleep(100);
    await databaseIsUp();
    await recovered('a killed database');
  }
}

// Places passed so far, as "before|after NAME PROGRAM".
async function seen() {
  const text = await readFile(`${site.faults}.seen`, 'utf8').catch(() => '');
  return [...new Set(text.split('\n').filter((line) => / mypartner(_worker)?$/.test(line)))].sort();
}

async function place(line) {
  await writeFile(`${site.faults}.new`, line);
  await rename(`${site.faults}.new`, site.faults);
}

// Whoever is there next dies, of that program; a job worker may just be waiting to be started again.
async function killAtAPoint(points, kind, nth) {
  const [side, name, program] = one(points)[0].split(' ');
  wanted[kind]++;
  await place(`${side} ${name} ${nth} ${program}\n`);
  for (let i = 0; i < 80 && existsSync(site.faults); i++) await sleep(50);
  if (existsSync(site.faults)) await rm(site.faults, { force: true });
  else done[kind]++;
}

// What the job worker does for deadlines, resources and exports, and none of the looking for what is due that it does all the time.
const jobWords = / (request_(decide|escalate)|quota_|account_bump|resource_(load|claim|change)|charge_|payment_(customer|method)|export_(claim|advance|finish|deleted)|log_|wizard_|notice_insert)/;
const isOfJobs = (line) => / mypartner_worker$/.test(line) && jobWords.test(line);

async function round() {
  const from = ledger.entries.length;
  deal();
  const plan = [...Array(10).fill('web'), 'jobs', ...Array(isShort ? 1 : 2).fill('db')];
  await place('\n');
  // Until the job worker has had something of each kind to do.
  const begun = Date.now(), busy = ['resource_', 'charge_', 'export_finish', 'request_'];
  let points = [];
  do {
    await sleep(500);
    points = await seen();
  } while (points.length > 0 && Date.now() < begun + 20000 && !busy.every((word) => points.some((line) => isOfJobs(line) && line.includes(` ${word}`))));
  await rm(site.faults, { force: true });
  const ofJobs = points.filter(isOfJobs);
  if (points.length > 0) plan.push(...Array(5).fill('point'), ...Array(isShort ? 2 : 4).fill('jobPoint'));
  for (let left = plan; left.length > 0;) {
    const [what] = left.splice(Math.floor(random() * left.length), 1);
    await sleep(20 + random() * 180);
    if (what === 'point') await killAtAPoint(points, 'points', 1 + Math.floor(random() * 3));
    else if (what === 'jobPoint') await killAtAPoint(ofJobs, 'jobPoints', 1);
    else await kill(what);
  }
  for (const end = Date.now() + PATIENCE_MS; ledger.undone(from).length > 0 && Date.now() < end;) await sleep(200);
  if (ledger.undone(from).length > 0) notes.violations.push(`never acknowledged: ${ledger.undone(from).join(', ')}`);
}

// --- scenes ----------------------------------------------------------------------------------------------------------------

// Where nobody has felt it, nothing was tried.
const hurts = new Set(['away', 'slow', 'connections', 'restart', 'full']);

const scene = {
  // The keeper that would start it again stands still; the workers are new and have never seen a database.
  async away() {
    notes.isFrozen = true;
    site.child.kill('SIGSTOP');
    await site.signal('db', 'SIGKILL');
    await site.signal('web', 'SIGKILL');
    await sleep(4000);
    const answer = await players[0].owner.ask('GET', '/my-partner');
    if (answer.status !== 503) notes.violations.push(`without a database: ${answer.status}`);
    site.child.kill('SIGCONT');
    await databaseIsUp();
    notes.isFrozen = false;
    await recovered('a database that was away');
  },

  async slow() {
    notes.isFrozen = true;
    for (let i = 0; i < 10; i++) {
      await site.signal('db', 'SIGSTOP');
      await sleep(200 + random() * 600);
      await site.signal('db', 'SIGCONT');
      await sleep(100);
    }
    await site.signal('db', 'SIGSTOP');
    await sleep(12000);
    await site.signal('db', 'SIGCONT');
    notes.isFrozen = false;
    await recovered('a database that stood still');
  },

  // Others hold all connections; the workers' own are cut.
  async connections() {
    const holders = [];
    await site.sql('SET GLOBAL max_connections = 12');
    for (let i = 0; i < 12; i++)
      holders.push(spawn('mariadb', ['--no-defaults', `--user=${userInfo().username}`, `--socket=${join(site.var, 'db.sock')}`, '-e', 'DO SLEEP(600)'], { stdio: 'ignore' }));
    await sleep(500);
    await site.signal('web', 'SIGKILL');
    await sleep(3000);
    for (const holder of holders) holder.kill();
    await site.sql('SET GLOBAL max_connections = 151').catch(() => {});
    await until('a connection', () => site.sql("SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'").then(async (text) => {
      for (const id of text.trim().split('\n').filter(Boolean)) await site.sql(`KILL ${id}`).catch(() => {});
      await site.sql('SET GLOBAL max_connections = 151');
      return true;
    }, () => false), 100);
    await recovered('no connection left');
  },

  // Ahead by less than an idle session lasts, and back.
  async clock() {
    notes.clockJumps = true;
    for (const shift of [-6200, -6900, -6100, -7200, -6400, -7000, -6050]) {
      await site.moveClock(shift);
      await sleep(700 + random() * 800);
    }
    await recovered('the clock jumped');
  },

  async reload() {
    for (let i = 0; i < 5; i++) {
      await site.signal('nginx', 'SIGHUP');
      await sleep(100 + random() * 400);
    }
    await recovered('nginx reloaded');
  },

  async restart() {
    notes.mayBeClosed = notes.isFrozen = true;
    await site.stop();
    await site.start();
    await recovered('all restarted');
    notes.mayBeClosed = notes.isFrozen = false;
  },

  // The folder of everything is a small file system, and a ballast takes what is left of it.
  async full() {
    notes.isFrozen = ledger.mayLackRoom = true;
    const ballast = join(site.folder, 'ballast'), file = await open(ballast, 'w');
    const piece = Buffer.alloc(1 << 16);
    for (let left = true; left;) left = await file.write(piece).then(() => true, () => false);
    await sleep(8000);
    for (let left = true; left;) left = await file.write(Buffer.alloc(4096)).then(() => true, () => false);
    await sleep(isShort ? 1000 : 15000);
    await file.close();
    await rm(ballast);
    notes.isFrozen = false;
    await databaseIsUp();
    await recovered('a full disk');
  },
};

// --- judging ---------------------------------------------------------------------------------------------------------------

// A slot for each request that counts, and no more of these than the quota allows.
async function quotaFaults() {
  const lines = await site.surely(`SELECT r.initiator, r.customer_id, COUNT(*) AS n, SUM(q.request_id IS NOT NULL) AS slots
    FROM disassociation_request r LEFT JOIN quota_slot q ON q.request_id = r.id
    WHERE r.id > ${room} AND r.reason_text LIKE 'w-%' AND r.state NOT IN ('EXPIRED', 'CANCELLED')
    GROUP BY r.initiator, r.customer_id, IF(r.initiator = 'PARTNER', r.partner_id, 0) HAVING n > ${QUOTA} OR n <> slots`);
  return lines.trim().split('\n').filter(Boolean).map((line) => `quota of ${QUOTA}: side, customer, requests, slots: ${line}`);
}

// Three months pass, and nobody keeps the messages of before, small files by the thousand.
async function makeRoom() {
  room = Number(await site.surely('DELETE FROM quota_slot; SELECT COALESCE(MAX(id), 0) FROM disassociation_request'));
  const messages = join(site.var, 'messages');
  for (const name of await readdir(messages)) if (!name.startsWith('.')) await rm(join(messages, name), { force: true });
}

// What must have happened for the rest to mean anything.
function floors(what, tally, hurt) {
  const faults = [];
  const absent = Object.values(ledger.absent).reduce((a, b) => a + b, 0) - (ledger.absent.quota ?? 0);
  if (tally.acknowledged === counted.acknowledged) faults.push('nobody was told that anything is done');
  for (const kind of Object.keys(done)) {
    const isPoint = kind.toLowerCase().endsWith('points');
    if (isPoint ? wanted[kind] > 0 && done[kind] === 0 : done[kind] < wanted[kind]) faults.push(`killed ${done[kind]} of ${wanted[kind]} (${kind})`);
  }
  if (absent > ABSENT_SHARE * ledger.acts) faults.push(`of ${ledger.acts} forms ${absent} were absent: ${JSON.stringify(ledger.absent)}`);
  if (hurts.has(what) && hurt.refused + hurt.late === 0) faults.push('nobody has felt it: no answer was late or refused');
  return faults;
}

async function judge(what, before = { refused: 0, late: 0 }) {
  await Promise.all(everybody().map((one) => one.end()));
  await until('the job worker has done its work', async () => {
    await desk.endLeases();
    return ledger.isSettled(site);
  }, 200);
  const hurt = { refused: notes.hurt.refused - before.refused, late: notes.hurt.late - before.late }, tally = ledger.tally();
  const faults = [...await ledger.faults(site), ...await quotaFaults()];
  const invariants = await site.brokenInvariants(), log = await site.brokenLog();
  if (invariants !== '') faults.push(invariants);
  if (log !== '') faults.push(log);
  faults.push(...notes.violations.splice(0), ...floors(what, tally, hurt));
  process.stdout.write(`${faults.length === 0 ? 'ok' : 'not ok'} - ${what}: killed ${done.web} web workers, ${done.jobs} job workers, ${done.db} databases, ` +
    `${done.points} of ${wanted.points} at a point, ${done.jobPoints} of ${wanted.jobPoints} at one of the job worker; ` +
    `${tally.acknowledged} acknowledged, ${tally.unknown} unknown, ${tally.refused} refused; ` +
    `since it began ${hurt.refused} answers refused, ${hurt.late} late; answers ${JSON.stringify(notes.answers)}\n`);
  for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  await makeRoom();
  counted = tally;
  for (const player of everybody()) player.begin();
  return faults.length === 0;
}

// The rows and logs of a round stay till the end.
const DISK_MIB = 420 + 12 * rounds;

// A small file system for the whole folder: in a file, else in memory; undefined when this user can have neither.
async function smallFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'mypartner-chaos-')), image = `${folder}.img`;
  const mounted = async (...words) => run('mount', [...words, folder], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
  try {
    await run('truncate', ['-s', `${DISK_MIB}M`, image]);
    await run('mke2fs', ['-q', '-t', 'ext4', '-m', '0', '-i', '4096', image], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
    await mounted('-o', 'loop', image);
    await rm(join(folder, 'lost+found'), { recursive: true });
    return { folder, image, what: 'ext4 in a file' };
  } catch { await rm(image, { force: true }); }
  try {
    await mounted('-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs');
    return { folder, image, what: 'tmpfs' };
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}

async function main() {
  let failed = 0, passed = 0, skipped = '';
  const small = scenes.includes('full') ? await smallFolder() : undefined;
  const count = (isFine) => { if (isFine) passed++; else failed++; };
  try {
    site = await Site.open(small?.folder);
    await people();
    for (const player of everybody()) player.begin();
    for (let i = 1; i <= rounds; i++) {
      await round();
      count(await judge(`seed ${seed}, round ${i} of ${rounds}`));
    }
    for (const name of scenes) {
      if (name === 'full' && small === undefined) {
        skipped = ', 1 skipped (full: a small file system cannot be mounted here)';
        continue;
      }
      if (name === 'full') process.stdout.write(`# full: ${small.what}\n`);
      const before = { ...notes.hurt };
      await scene[name]();
      count(await judge(name, before));
    }
    await Promise.all(everybody().map((one) => one.end()));
    if (process.env.KEEP_LOGS) await run('cp', ['-r', join(site.var, 'log'), process.env.KEEP_LOGS]);
    const faults = await site.close();
    for (const fault of faults) process.stdout.write(`  ${fault}\n`);
    count(faults.length === 0);
  } finally {
    if (site !== undefined && site.child.exitCode === null) {
      site.child.kill('SIGCONT');
      await site.stop();
    }
    if (small !== undefined) await run('umount', ['-l', small.folder]).then(() => rm(small.folder, { recursive: true, force: true })).catch(() => {});
    if (small !== undefined) await rm(small.image, { force: true });
  }
  const worst = {};
  for (const { what, ms } of recoveries) worst[what] = Math.max(worst[what] ?? 0, ms);
  process.stdout.write(`# slowest recovery, ms: ${JSON.stringify(worst)}\n`);
  process.stdout.write(`# acknowledged: ${JSON.stringify(ledger.acknowledged())}\n`);
  process.stdout.write(`# forms absent, of ${ledger.acts}: ${JSON.stringify(ledger.absent)}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed${skipped}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main().catch((error) => {
  process.stdout.write(`not ok - ${error.stack}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
});
process.exit();
