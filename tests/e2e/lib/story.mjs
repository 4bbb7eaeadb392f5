// A story file: its own server, each scene a test. Runs with script enabled or disabled (SCRIPT=off), or by keyboard (KEYBOARD=on).
// RESULTS: a folder whose file `scenes` gets a line for each: way, story, scene, outcome.
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { closeBrowser, Person } from './person.mjs';
import { Server } from './server.mjs';

export const script = process.env.SCRIPT !== 'off';
const way = process.env.KEYBOARD === 'on' ? 'keyboard' : script ? 'on' : 'off';

function note(scene, outcome) {
  if (!process.env.RESULTS) return;
  appendFileSync(`${process.env.RESULTS}/scenes`, `${[way, basename(process.argv[1], '.story.mjs'), scene, outcome].join('\t')}\n`);
}

export function story(scenes, options = {}) {
  let server;
  before(async () => { server = await Server.start(options); });
  after(async () => {
    await closeBrowser();
    await server?.stop();
  });
  const people = [];
  const open = async (name, more = {}) => {
    const person = await Person.open(server, name, { script, ...more });
    people.push(person);
    return person;
  };
  for (const [name, scene] of Object.entries(scenes)) {
    const tell = async () => {
      try {
        await scene({ server: () => server, srv: server, open, signedIn: async (who, more) => {
          const person = await open(who, more);
          await person.signIn();
          return person;
        } });
      } catch (error) {
        for (const person of people) {
          const shown = await person.page.locator('body').innerText().catch(() => '');
          error.message += `\n--- ${person.name} at ${person.page.url()}\n${shown.slice(0, 3000)}`;
        }
        throw error;
      } finally {
        while (people.length > 0) await people.pop().close();
      }
    };
    test(name, async () => {
      let outcome = 'failed';
      try { await tell(); outcome = 'passed'; } finally { note(name, outcome); }
    });
  }
}
