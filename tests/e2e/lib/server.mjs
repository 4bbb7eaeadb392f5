// A whole mypartner of its own for one story file: `run.sh` on a free port, in a folder of its own, with a clock that the
// story can move.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

// Below the range of ephemeral ports, so that no outgoing connection can have it.
export async function freePort() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const isFree = await new Promise((done) => {
      const probe = createServer();
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (isFree) return port;
  }
}

// Passwords at the least cost there is: at the real one, hashing them is a seventh of all that the stories compute.
const CHEAP = '[secret]\nscrypt_log2_n = 10\nscrypt_p = 1\n';

export class Server {
  // options: env of run.sh; asDelivered: started from nothing, with the settings that everybody gets
  static async start(options = {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'mypartner-e2e-'));
    server.var = join(server.folder, 'var');
    server.clock = join(server.folder, 'clock');
    server.offset = 0;
    server.log = '';
    await writeFile(server.clock, '0\n');
    const settings = join(server.folder, 'more.ini');
    await writeFile(settings, options.asDelivered ? '' : CHEAP);
    // The data of one that has been started before, which tests/e2e/run.sh makes for all stories.
    if (process.env.SITE_DATA && !options.asDelivered) await cp(process.env.SITE_DATA, server.var, { recursive: true });
    server.port = await freePort();
    server.origin = `http://127.0.0.1:${server.port}`;
    const build = process.env.BUILD ?? join(root, 'build/release');
    server.child = spawn(join(root, 'deploy/local/run.sh'), [], {
      cwd: root,
      env: { ...process.env, PORT: String(server.port), VAR: server.var, BUILD: build, TEST_CLOCK: server.clock, MORE_INI: settings, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server.ended = new Promise((done) => server.child.once('exit', (code) => done(code)));
    await new Promise((done, fail) => {
      const hear = (bytes) => {
        server.log += bytes;
        if (/^mypartner is ready: /m.test(server.log)) done();
      };
      server.child.stdout.on('data', hear);
      server.child.stderr.on('data', hear);
      server.ended.then((code) => fail(new Error(`run.sh ended with ${code}:\n${server.log}`)));
    });
    return server;
  }

  // Every program reads the offset anew for each request or round. Written in place: a whole small file at once.
  async moveClock(seconds) {
    this.offset += seconds;
    await writeFile(this.clock, `${this.offset}\n`);
  }

  now() {
    return Date.now() + this.offset * 1000;
  }

  messageNames() {
    return readdir(join(this.var, 'messages')).then((names) => names.filter((name) => /^[^.].*\.(eml|sms)$/.test(name)).sort());
  }

  read(name) { return readFile(join(this.var, 'messages', name), 'utf8').then((raw) => parseMessage(raw, name)); }

  // The newest message to this address that is not among `before`, as { to, subject, text }. Waits for it.
  async message(to, before = [], suffix = /\.(eml|sms)$/) {
    for (;;) {
      const names = (await this.messageNames()).filter((name) => !before.includes(name) && suffix.test(name));
      for (const name of names.reverse()) {
        const message = await this.read(name);
        if (message.to === to) return message;
      }
      if (this.child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  // keep: where its data goes, without the logs
  async stop(keep) {
    this.child.kill('SIGTERM');
    const code = await this.ended;
    const logs = {};
    for (const name of await readdir(join(this.var, 'log'))) logs[name] = await readFile(join(this.var, 'log', name), 'utf8');
    if (keep) {
      await rm(join(this.var, 'log'), { recursive: true });
      await cp(this.var, keep, { recursive: true });
    }
    await rm(this.folder, { recursive: true, force: true });
    const fault = Object.entries(logs).find(([, text]) => /(Sanitizer|runtime error):/.test(text));
    if (fault) throw new Error(`${fault[0]}:\n${fault[1].slice(-4000)}`);
    if (code !== 0) throw new Error(`run.sh ended with ${code}:\n${this.log}`);
  }
}

function decodeQuoted(text) {
  const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function decodeWord(text) {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, body) =>
      kind.toLowerCase() === 'b' ? Buffer.from(body, 'base64').toString('utf8') : decodeQuoted(body.replace(/_/g, ' ')));
}

export function parseMessage(raw, name) {
  const [head, ...rest] = raw.split(/\r?\n\r?\n/);
  const headers = head.replace(/\r?\n[ \t]+/g, ' ');
  const header = (wanted) => new RegExp(`^${wanted}: (.*)$`, 'im').exec(headers)?.[1].trim() ?? '';
  if (name.endsWith('.sms')) return { to: header('To'), subject: '', text: rest.join('\n\n'), name };
  const body = raw.slice(head.length);
  const part = /content-type: text\/plain[\s\S]*?\r?\n\r?\n([\s\S]*?)\r?\n--/i.exec(body);
  const encoding = /content-type: text\/plain[\s\S]*?\r?\n\r?\n/i.exec(body)?.[0] ?? '';
  const text = part?.[1] ?? '';
  const decoded = /base64/i.test(encoding) ? Buffer.from(text, 'base64').toString('utf8') : /quoted-printable/i.test(encoding) ? decodeQuoted(text) : text;
  return { to: header('To').replace(/[<>]/g, ''), subject: decodeWord(header('Subject')), text: decoded, name };
}

// `node server.mjs FOLDER`: starts one, stops it, and leaves its data in that folder.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await Server.start();
  await server.stop(process.argv[2]);
}
