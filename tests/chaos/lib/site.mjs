// One mypartner as `make run` starts it, whose processes are killed: which they are, its database, and what must always hold in it.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../e2e/lib/server.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export const PATIENCE_MS = 60000;   // generous: whatever is not there by then does not come

// Codes and invitations as often as a test wants them; the clock may jump by less than any idle session lasts.
const settings = '[code]\nresend_s = 1\nsends_per_hour = 1000\nsends_per_day = 10000\nfailures_lock = 1000\n' +
  '[budget]\naccount_per_hour = 100000\naddress_per_hour = 100000\n[association]\ninvitations_per_day = 100000\n[session]\nidle_platform_s = 1800\n';

export class Site {
  constructor(folder, port) {
    this.folder = folder;
    this.var = join(folder, 'var');
    this.port = port;
    this.faults = join(folder, 'faults');
    this.clock = join(folder, 'clock');
    this.build = process.env.BUILD ?? join(root, 'build/release');
    this.log = '';
  }

  static async open(folder) {
    const site = new Site(folder ?? await mkdtemp(join(tmpdir(), 'mypartner-chaos-')), await freePort());
    await writeFile(join(site.folder, 'more.ini'), settings);
    await site.moveClock(-7200);   // there is room to jump ahead without being in the future
    await site.start();
    return site;
  }

  async start() {
    const child = spawn(join(root, 'deploy/local/run.sh'), [], {
      cwd: root,
      env: { ...process.env, PORT: String(this.port), VAR: this.var, BUILD: this.build, MORE_INI: join(this.folder, 'more.ini'),
        TEST_CLOCK: this.clock, MYPARTNER_FAULTS: this.faults, ASAN_OPTIONS: 'detect_leaks=0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.ended = new Promise((done) => child.once('exit', done));
    await new Promise((done, fail) => {
      let said = '';
      const hear = (bytes) => {
        said += bytes;
        if (/^mypartner is ready: /m.test(said)) done();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      this.ended.then((code) => fail(new Error(`run.sh ended with ${code}:\n${said}`)));
    });
  }

  // Never half a file: that would be no shift at all.
  async moveClock(seconds) {
    this.shift = seconds;
    await writeFile(`${this.clock}.new`, `${seconds}\n`);
    await rename(`${this.clock}.new`, this.clock);
  }

  // Now, as this site has it, for SQL.
  now() { return `(UTC_TIMESTAMP(6) + INTERVAL ${this.shift} SECOND)`; }

  async stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  async close() {
    await this.stop();
    const faults = [];
    for (const name of await readdir(join(this.var, 'log'))) {
      const text = await readFile(join(this.var, 'log', name), 'utf8');
      const found = /.*(Sanitizer|runtime error):[\s\S]{0,3000}/.exec(text);
      if (found) faults.push(`${name}: ${found[0]}`);
    }
    await rm(this.var, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true }).catch(() => {});
    return faults;
  }

  // --- processes: only those that this run.sh started

  async processes() {
    const found = { web: [], master: [], jobs: [], db: [], nginx: [] };
    const all = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = await readFile(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state !== 'Z') all.push({ pid: Number(name), parent: Number(parent), words: (await readFile(`/proc/${name}/cmdline`, 'utf8')).split('\0') });
      } catch { /* it has ended meanwhile */ }
    }
    for (const { pid, parent, words } of all.filter((one) => one.parent === this.child.pid)) {
      const program = words[0].split('/').pop();
      if (program === 'mypartner') {
        found.master.push(pid);
        found.web.push(...all.filter((one) => one.parent === pid).map((one) => one.pid));
      }
      if (program === 'mypartner_worker') found.jobs.push(pid);
      if (program === 'mariadbd') found.db.push(pid);
      if (program.startsWith('nginx')) found.nginx.push(pid);
    }
    return found;
  }

  async signal(kind, signal, choose = (list) => list) {
    const pids = choose((await this.processes())[kind]);
    for (const pid of pids) {
      try { process.kill(pid, signal); } catch { /* it has ended meanwhile */ }
    }
    return pids.length;
  }

  // --- the database

  sql(text) {
    return run('mariadb', ['--no-defaults', `--user=${userInfo().username}`, `--socket=${join(this.var, 'db.sock')}`, '--batch',
      '--skip-column-names', '-e', text, 'mypartner'], { maxBuffer: 256 << 20, timeout: PATIENCE_MS }).then(({ stdout }) => stdout);
  }

  // The same once the database is there, which may be away for a scene; text may be done twice.
  async surely(text) {
    for (const until = Date.now() + 3 * PATIENCE_MS;; await sleep(100)) {
      try {
        return await this.sql(text);
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  }

  // The end of every log, for whoever has to find out why it does not come back.
  async tail(lines = 12) {
    const texts = [];
    for (const name of (await readdir(join(this.var, 'log')).catch(() => [])).sort()) {
      const text = await readFile(join(this.var, 'log', name), 'utf8').catch(() => '');
      if (text !== '') texts.push(`--- ${name}\n${text.trimEnd().split('\n').slice(-lines).join('\n')}`);
    }
    return texts.join('\n');
  }

  async brokenInvariants() {
    try {
      await run(join(this.build, 'bin/mypartnerctl'), ['-c', join(this.var, 'ctl.ini'), 'check', '--invariants', join(root, 'db/invariants')],
        { env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } });
      return '';
    } catch (error) {
      return `${error.stdout}${error.stderr}`;
    }
  }

  async brokenLog() {
    try {
      await run(join(this.build, 'bin/mypartnerctl'), ['-c', join(this.var, 'ctl.ini'), 'verify-log'], { env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } });
      return '';
    } catch (error) {
      return `${error.stdout}${error.stderr}`;
    }
  }
}
