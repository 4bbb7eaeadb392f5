// The same stories without a pointer (KEYBOARD=on): whatever a story clicks, ticks, fills in or chooses is come to by Tab and done
// by keys. Nothing is set from outside.
import assert from 'node:assert/strict';

const STOPS_MAX = 250;
let isPatched = false;

const has = (handle) => handle.evaluate((element) => {
  const active = document.activeElement;
  return active === element || (element.type === 'radio' && active?.type === 'radio' && active.name === element.name && active.form === element.form);
});

// Tab until the focus is there; of radio buttons, until it is in their group.
async function reach(locator) {
  const handle = await locator.elementHandle();
  const page = locator.page();
  for (let i = 0; i < STOPS_MAX; i++) {
    if (await has(handle)) return handle;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not come to ${locator} at ${page.url()}`);
}

// What is downloaded leaves the page where it is.
const isDownload = (error) => /ERR_ABORTED/.test(error.message);

async function leave(page, handle, key) {
  const leads = await handle.evaluate((element) => (element.localName === 'a' && element.hasAttribute('href')) ||
    (element.localName === 'button' && element.type === 'submit'));
  const left = () => page.waitForNavigation({ waitUntil: 'load' }).catch((error) => { if (!isDownload(error)) throw error; });
  if (leads) await Promise.all([left(), page.keyboard.press(key)]);
  else await page.keyboard.press(key);
}

// A date is typed part by part, in the order that the browser's own language has.
async function typeDate(locator, keyboard, text) {
  const [year, month, day] = text.split('-');
  await keyboard.type(month + day + year);
  if (await locator.inputValue() !== text) {
    for (let i = 0; i < 2; i++) await keyboard.press('ArrowLeft');
    await keyboard.type(day + month + year);
  }
  assert.equal(await locator.inputValue(), text);
}

export function useKeyboard(page) {
  if (isPatched) return;
  isPatched = true;
  const prototype = Object.getPrototypeOf(page.locator('html'));
  prototype.click = async function click() {
    const handle = await reach(this);
    const isLink = await handle.evaluate((element) => element.localName === 'a');
    await leave(this.page(), handle, isLink ? 'Enter' : 'Space');
  };
  prototype.check = async function check() {
    const handle = await reach(this);
    const { keyboard } = this.page();
    for (let i = 0; i < 20 && !await handle.evaluate((element) => document.activeElement === element); i++) await keyboard.press('ArrowDown');
    if (!await this.isChecked()) await keyboard.press('Space');
    assert.ok(await this.isChecked(), `${this} is not chosen`);
  };
  prototype.fill = async function fill(text) {
    const handle = await reach(this);
    const { keyboard } = this.page();
    if (await handle.evaluate((element) => element.type === 'date')) { await typeDate(this, keyboard, text); return; }
    await keyboard.press('ControlOrMeta+a');
    if (text === '') await keyboard.press('Delete');
    else await keyboard.type(text);
    assert.equal(await this.inputValue(), text);
  };
  prototype.selectOption = async function selectOption(wanted) {
    const handle = await reach(this);
    const { keyboard } = this.page();
    const isChosen = () => handle.evaluate((select, option) => {
      const chosen = select.options[select.selectedIndex];
      return chosen.value === option || chosen.label === option.label;
    }, wanted);
    await keyboard.press('Home');
    for (let i = 0; i < 700 && !await isChosen(); i++) await keyboard.press('ArrowDown');
    assert.ok(await isChosen(), `${this} has no ${JSON.stringify(wanted)}`);
  };
  for (const name of ['dblclick', 'hover', 'tap', 'dragTo', 'press', 'setChecked', 'uncheck'])
    prototype[name] = () => assert.fail(`${name} is not done by keys`);
}
