// Processes die, the database is away, slow, full, out of connections, nginx is reloaded, all is restarted: while people work.
//
//   SEED=1        what is killed, when, and what people do follow from it (what the machine does in between does not)
//   ROUNDS=1      each: 10 web workers, 1 job worker, 2 databases killed, and with a build that has places to die at (MODE=fault,
//                 MODE=asan) 5 of those
//   SHORT=1       a fifth of one round
//   SCENES=away,slow,full,connections,clock,reload,restart   also; "all", "none"
//
// After each: every invariant of db/invariants, the chain of the log, and the ledger of what people were told (lib/players.mjs).
// Every answer must be a right page, or 503 with Retry-After (lib/client.mjs).
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from './lib/client.mjs';
import { Ledger, Player } from './lib/players.mjs';
import { Site, sleep } from './lib/site.mjs';

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
const notes = { violations: [], answers: {}, mayBeClosed: false, isFrozen: false };
const done = { web: 0, jobs: 0, db: 0, points: 0 };
const recoveries = [], total = {};
let counted = {};
let site, ledger, players, watcher;

const one = (list) => (list.length === 0 ? [] : [list[Math.floor(random() * list.length)]]);

async function people() {
  ledger = new Ledger();
  watcher = new Client(site, 'watcher', notes);
  const partner = new Client(site, 'partner', notes);
  await partner.signIn('partner@demo.test', 'demo-password-only');
  players = [];
  for (const [i, login] of logins.entries()) {
    const owner = new Client(site, login, notes);
    await owner.signIn(login, 'demo-password-only');
    const customer = (await site.sql(`SELECT a.no FROM user u JOIN account a ON a.id = u.account_id WHERE u.login = '${login}'`)).trim();
    const player = new Player(site, ledger, generator(seed * 1000 + i), partner, owner, customer);
    player.login = login;
    players.push(player);
  }
}

// Until pages come again. The cause has gone when this begins.
async function recovered(what) {
  const since = Date.now();
  for (;;) {
    const answer = await watcher.once('GET', '/sign-in');
    if (answer.status === 200) break;
    if (answer.status !== 503 && !(answer.status === 0 && notes.mayBeClosed)) watcher.judge('GET', '/sign-in', answer);
    await sleep(20);
  }
  recoveries.push({ what, ms: Date.now() - since });
}

async function databaseIsUp() {
  while (!(await site.sql('SELECT 1').then(() => true, () => false))) await sleep(30);
}

// --- killing ---------------------------------------------------------------------------------------------------------------

async function kill(kind) {
  const n = await site.signal(kind, 'SIGKILL', one);
  done[kind] += n;
  if (kind === 'db' && n > 0) {
    await sleep(100);
    await databaseIsUp();
    await recovered('a killed database');
  }
}

async function seen() {
  const text = await readFile(`${site.faults}.seen`, 'utf8').catch(() => '');
  return [...new Set(text.split('\n').filter(Boolean))].sort();
}

async function place(line) {
  await writeFile(`${site.faults}.new`, line);
  await rename(`${site.faults}.new`, site.faults);
}

// Whoever is there next dies.
async function killAtAPoint(points) {
  await place(`${one(points)[0]} ${1 + Math.floor(random() * 3)}\n`);
  for (let i = 0; i < 60 && existsSync(site.faults); i++) await sleep(50);
  if (existsSync(site.faults)) await rm(site.faults, { force: true });
  else done.points++;
}

async function round() {
  const scale = isShort ? 0.2 : 1;
  const plan = [...Array(10 * (isShort ? 1 : 1)).fill('web'), ...Array(Math.ceil(scale)).fill('jobs'), ...Array(isShort ? 1 : 2).fill('db')];
  await place('\n');
  await sleep(isShort ? 1500 : 500);
  const points = await seen();
  await rm(site.faults, { force: true });
  if (points.length > 0) plan.push(...Array(5).fill('point'));
  for (let left = plan; left.length > 0;) {
    const [what] = left.splice(Math.floor(random() * left.length), 1);
    await sleep(20 + random() * 180);
    if (what === 'point') await killAtAPoint(points);
    else await kill(what);
  }
}

// --- scenes ----------------------------------------------------------------------------------------------------------------

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
    while (!(await site.sql("SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'").then(async (text) => {
      for (const id of text.trim().split('\n').filter(Boolean)) await site.sql(`KILL ${id}`).catch(() => {});
      await site.sql('SET GLOBAL max_connections = 151');
      return true;
    }, () => false))) await sleep(100);
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
    if (!site.isSmall) throw new Error('a small file system is needed');
    notes.isFrozen = true;
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

// Nobody has as many requests and links in three months as people here in an hour: what was counted makes room.
async function makeRoom() {
  await site.sql("DELETE FROM quota_slot; DELETE FROM invitation WHERE name LIKE 'w-%'");
  ledger.entries = ledger.entries.filter((entry) => entry.kind !== 'invite' && entry.kind !== 'submit');
}

async function judge(what) {
  await Promise.all(players.map((player) => player.end()));
  const faults = [...await ledger.faults(site)];
  const invariants = await site.brokenInvariants(), log = await site.brokenLog();
  if (invariants !== '') faults.push(invariants);
  if (log !== '') faults.push(log);
  faults.push(...notes.violations.splice(0));
  for (const [state, n] of Object.entries(ledger.tally())) total[state] = (total[state] ?? 0) + n - (counted[state] ?? 0);
  process.stdout.write(`${faults.length === 0 ? 'ok' : 'not ok'} - ${what}: killed ${done.web} web workers, ${done.jobs} job workers, ${done.db} databases, ` +
    `${done.points} at a point; ${total.acknowledged} acknowledged, ${total.unknown} unknown, ${total.refused} refused; answers ${JSON.stringify(notes.answers)}\n`);
  for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  await makeRoom();
  counted = ledger.tally();
  for (const player of players) player.begin();
  return faults.length === 0;
}

// A small file system for the whole folder; undefined when this user cannot have one.
async function smallFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'mypartner-chaos-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=420m', 'tmpfs', folder]);
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}

async function main() {
  let failed = 0, passed = 0;
  const small = scenes.includes('full') ? await smallFolder() : undefined;
  const count = (isFine) => { if (isFine) passed++; else failed++; };
  try {
    site = await Site.open(small);
    site.isSmall = small !== undefined;
    await people();
    for (const player of players) player.begin();
    for (let i = 1; i <= rounds; i++) {
      await round();
      count(await judge(`seed ${seed}, round ${i} of ${rounds}`));
    }
    for (const name of scenes) {
      if (name === 'full' && !site.isSmall) {
        process.stdout.write('# full: left out, a small file system cannot be mounted here\n');
        continue;
      }
      await scene[name]();
      count(await judge(name));
    }
    await Promise.all(players.map((player) => player.end()));
    if (process.env.KEEP_LOGS) await run('cp', ['-r', join(site.var, 'log'), process.env.KEEP_LOGS]);
    const faults = await site.close();
    for (const fault of faults) process.stdout.write(`  ${fault}\n`);
    count(faults.length === 0);
  } finally {
    if (site !== undefined && site.child.exitCode === null) {
      site.child.kill('SIGCONT');
      await site.stop();
    }
    if (small !== undefined) await run('umount', ['-l', small]).then(() => rm(small, { recursive: true, force: true })).catch(() => {});
  }
  const worst = {};
  for (const { what, ms } of recoveries) worst[what] = Math.max(worst[what] ?? 0, ms);
  process.stdout.write(`# slowest recovery, ms: ${JSON.stringify(worst)}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main().catch((error) => {
  process.stdout.write(`not ok - ${error.stack}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
});
process.exit();
