// Both halves of the guide by keyboard alone: no pointer, nothing filled in from outside. Every stop shows where the focus is,
// and after a mistake the focus is on what went wrong.
import assert from 'node:assert/strict';
import { PASSWORD } from './lib/person.mjs';
import { TICK, TICK_OF_PARTNER } from './lib/flows.mjs';
import { story } from './lib/story.mjs';

const STOPS_MAX = 100;
const RING_PX = 3;

class Keyboard {
  constructor(person) {
    this.person = person;
    this.keys = person.page.keyboard;
  }

  hasFocus() { return this.person.page.locator('*:focus').count().then((n) => n === 1); }

  // What has the focus, as a person perceives it.
  async focused() {
    assert.ok(await this.hasFocus(), `nothing has the focus at ${this.person.path()}`);
    return this.person.page.locator('*:focus').evaluate((element) => {
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      const words = element.labels?.length > 0 ? element.labels[0].innerText
        : element.matches('section') ? element.querySelector('h2').innerText : element.innerText;
      return {
        name: words.replace(/\s+/g, ' ').trim(), tag: element.localName, type: element.getAttribute('type') ?? '',
        role: element.getAttribute('role') ?? '', checked: element.checked === true,
        ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth), colour: style.outlineColor,
        shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        inMain: element.closest('main') !== null,
      };
    });
  }

  async judged() {
    const stop = await this.focused();
    const where = `${stop.tag} «${stop.name}» at ${this.person.path()}`;
    assert.ok(stop.ring >= RING_PX, `${where} has a ring of ${stop.ring} px`);
    assert.doesNotMatch(stop.colour, /transparent|, 0\)$/, `${where} has a ring that nobody sees`);
    assert.ok(stop.shown, `${where} has the focus out of sight`);
    return stop;
  }

  // Tab, or Shift+Tab, until the wanted control has the focus; every stop on the way is judged too.
  async reach(wanted, { key = 'Tab', is = () => true } = {}) {
    const passed = [];
    for (let i = 0; i < STOPS_MAX; i++) {
      await this.keys.press(key);
      if (!await this.hasFocus()) continue;   // the browser's own controls
      const stop = await this.judged();
      if ((wanted instanceof RegExp ? wanted.test(stop.name) : stop.name === wanted) && is(stop)) return stop;
      passed.push(stop.name);
    }
    assert.fail(`${this.person.name} at ${this.person.path()} does not come to «${wanted}» but past: ${passed.join(' | ')}`);
  }

  async leave(key) {
    await Promise.all([this.person.page.waitForNavigation(), this.keys.press(key)]);
  }

  async type(label, text) {
    await this.reach(label);
    await this.keys.press('ControlOrMeta+a');
    await this.keys.type(text);
  }

  async tick(label) {
    const box = await this.reach(label);
    if (!box.checked) await this.keys.press('Space');
    assert.ok((await this.judged()).checked);
  }

  // Tab goes to the group of radios, arrows go about in it and choose.
  async choose(label) {
    await this.reach(/./, { is: (stop) => stop.type === 'radio' });
    await this.chooseHere(label);
  }
  async chooseHere(label) {
    let stop = await this.judged();
    for (let i = 0; i < 20 && !label.test(stop.name); i++) {
      await this.keys.press('ArrowDown');
      stop = await this.judged();
    }
    assert.match(stop.name, label);
    if (!stop.checked) await this.keys.press('Space');
    assert.ok((await this.judged()).checked);
  }

  async press(name, key = 'Enter') {
    await this.reach(name, { is: (stop) => stop.tag === 'button' });
    await this.leave(key);
  }

  async follow(name) {
    await this.reach(name, { is: (stop) => stop.tag === 'a' });
    await this.leave('Enter');
  }

  async signIn() {
    await this.person.visit('/sign-in');
    await this.type('User name', this.person.login);
    await this.type('Password', PASSWORD);
    await this.leave('Enter');
  }

  // The page came back with a mistake: its box has the focus. The next Tab leads to the first fault, whose link leads to the field.
  async mistake(fault) {
    assert.match(await this.person.title(), /^Error: /);
    const box = await this.judged();
    assert.equal(box.role, 'alert', `${box.tag} «${box.name}» has the focus instead of the errors`);
    await this.reach(fault, { is: (stop) => stop.tag === 'a' });
    await this.keys.press('Enter');
    return this.judged();
  }

  async sendCode() {
    const { server } = this.person;
    const before = await server.messageNames();
    await this.choose(/^Email to/);
    await this.press('Send code', 'Space');
    await this.person.sees('Code sent');
    return this.person.code(this.person.login, before);
  }
}

async function atKeyboard(open, name) {
  const person = await open(name);
  const keyboard = new Keyboard(person);
  await keyboard.signIn();
  return [person, keyboard];
}

story({
  'the first stop skips to the main content': async ({ open }) => {
    const [clean3, keyboard] = await atKeyboard(open, 'clean3');
    await clean3.visit('/my-partner');
    await keyboard.keys.press('Tab');
    assert.equal((await keyboard.judged()).name, 'Skip to main content');
    await keyboard.keys.press('Enter');
    await keyboard.keys.press('Tab');
    assert.ok((await keyboard.judged()).inMain);
  },

  'a sign-in form sent empty: the focus is on the errors, and the field is a key away': async ({ open }) => {
    const clean3 = await open('clean3');
    const keyboard = new Keyboard(clean3);
    await clean3.visit('/sign-in');
    await keyboard.press('Sign in');
    assert.equal((await keyboard.mistake('Enter your user name')).name, 'User name');
  },

  'clean3 asks, its partner answers': async ({ open }) => {
    const [clean3, keyboard] = await atKeyboard(open, 'clean3');
    clean3.isAt('/my-partner');
    await keyboard.follow('Disassociate');
    clean3.isAt('/disassociate/check');
    await keyboard.press('Disassociate');
    assert.equal((await keyboard.mistake(/^Tick/)).name, TICK);
    await keyboard.keys.press('Space');
    assert.ok((await keyboard.judged()).checked);
    await keyboard.press('Disassociate', 'Space');

    const digits = await keyboard.sendCode();
    await keyboard.press('OK');
    assert.equal((await keyboard.mistake('Enter the code')).name, 'Verification code');
    await keyboard.reach('Back', { is: (stop) => stop.tag === 'a' });
    await keyboard.reach('Verification code', { key: 'Shift+Tab' });
    await keyboard.keys.type(digits);
    await keyboard.leave('Enter');

    await clean3.sees('Why are you leaving this partner?');
    await keyboard.press('Submit');
    assert.equal((await keyboard.mistake(/^Select/)).type, 'radio');
    await keyboard.chooseHere(/^The project has ended$/);
    await keyboard.reach('Submit');
    await keyboard.reach('More details (optional)', { key: 'Shift+Tab' });
    await keyboard.keys.type('All of it.');
    await keyboard.press('Submit');
    await clean3.sees('Your disassociation request has been submitted', 'All of it.');
    const no = /DR\d{8}-\d{6,}/.exec(await clean3.text())[0];
    await keyboard.follow('Go to My Partner');
    await clean3.sees('Waiting for partner', no);

    const [partner, desk] = await atKeyboard(open, 'partner');
    partner.isAt('/requests');
    await desk.follow(no);
    await partner.sees('wants to leave', 'All of it.');
    await desk.press('Save decision');
    assert.equal((await desk.mistake('Select agree or reject')).type, 'radio');
    await desk.chooseHere(/^Agree/);
    await desk.tick(TICK_OF_PARTNER);
    await desk.press('Save decision');
    await partner.sees('You agreed', 'no longer your customer');
  },

  'asked agrees to its partner’s request': async ({ open }) => {
    const [asked, keyboard] = await atKeyboard(open, 'asked');
    await asked.sees('Your partner wants to end the association');
    await keyboard.follow('Process');
    await keyboard.press('Agree');
    assert.equal((await keyboard.mistake(/^Tick the box/)).name, TICK);
    await keyboard.keys.press('Space');
    await keyboard.press('Agree');
    await asked.sees('You are about to agree to leave');
    const digits = await keyboard.sendCode();
    await keyboard.type('Verification code', digits);
    await keyboard.press('OK');
    await asked.sees('You have been successfully disassociated');
  },
});
