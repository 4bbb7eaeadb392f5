// Contact details, preferences and security: a code that had nowhere to go, an address that is changed, sessions, and a phone
// that is lost.
import assert from 'node:assert/strict';
import { story } from './lib/story.mjs';
import { totp } from './lib/totp.mjs';

async function newContact(person, { label, address }) {
  await person.type(label, address);
  await person.press('Continue');
  const code = await person.sendCode({ address });
  await person.enterCode(code);
}

story({
  'who has no contact adds an email, proves it and asks to leave': async ({ signedIn }) => {
    const p = await signedIn('nocontact');
    await p.visit('/disassociate/check');
    await p.tick(/I understand the preceding statement/);
    await p.press('Disassociate');
    await p.sees('We can’t verify you yet');
    await p.follow('Add contact details');
    await p.sees('You came from a step that needs a code');
    await p.follow('Add Email address');
    await p.type('Email address', 'nobody');
    await p.press('Continue');
    await p.sees('Enter an email address, like name@example.com');
    assert.match(await p.title(), /^Error: /);
    await newContact(p, { label: 'Email address', address: 'nora@archive.test' });
    p.isAt('/disassociate/verify');
    await p.sees('Your new contact is proven');
    const code = await p.sendCode({ address: 'nora@archive.test' });
    await p.enterCode(code);
    await p.tick('The project has ended');
    await p.press('Submit');
    await p.sees('Your disassociation request has been submitted');
  },

  'a changed address is told to the earlier one, and the last contact goes after a warning': async ({ signedIn, srv }) => {
    const p = await signedIn('mailonly');
    await p.visit('/contacts');
    await p.follow('Change Email address');
    await p.type('Email address', 'mia@new.test');
    await p.press('Continue');
    const code = await p.sendCode({ address: 'mia@new.test' });
    const before = await srv.messageNames();
    await p.enterCode(code);
    p.isAt('/contacts');
    await p.sees('Your new contact is proven', 'mia@new.test');
    assert.match((await srv.message('mailonly@demo.test', before)).subject, /A contact of your account was changed/);
    await p.follow('Remove Email address');
    await p.sees('This is your last contact');
    await p.press('Remove');
    await p.sees('Tick the box to show that you have read this');
    await p.tick('I understand that my account can’t get any codes after this');
    await p.press('Remove');
    await p.sees('The contact was removed');
    await p.visit('/operation-log');
  },

  'preferences are kept and spoken': async ({ signedIn }) => {
    const p = await signedIn('clean4');
    await p.visit('/preferences');
    await p.tick('中文');
    await p.page.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await p.tick('Dark');
    await p.press('Save preferences');
    assert.equal(await p.page.locator('html').getAttribute('lang'), 'zh-Hans');
    assert.equal(await p.page.locator('html').getAttribute('class'), 'theme-dark');
    assert.match(await p.page.locator('footer').innerText(), /UTC\+09:00/);
  },

  'a viewer looks at the contacts and sets only their own preferences': async ({ signedIn }) => {
    const p = await signedIn('viewer');
    await p.visit('/contacts');
    await p.sees('You can look at them.');
    assert.equal(await p.page.locator('main').getByRole('link', { name: /Change|Add|Remove/ }).count(), 0);
    await p.visit('/preferences');
    assert.equal(await p.page.getByLabel('By email').count(), 0);
    await p.tick('Light');
    await p.press('Save preferences');
    await p.sees('Preferences saved');
  },

  'sessions are seen and ended, and a new password ends the others': async ({ signedIn }) => {
    const here = await signedIn('clean5');
    const elsewhere = await signedIn('clean5');
    await here.visit('/security');
    await here.sees('This session');
    await here.press('End all other sessions');
    await here.sees('All other sessions were ended');
    await elsewhere.visit('/my-partner');
    assert.match(elsewhere.path(), /^\/sign-in/);
    await elsewhere.signIn();
    await here.visit('/security');
    await here.follow('Change password');
    await here.type('New password', 'short');
    await here.press('Save password');
    await here.sees('Enter at least 12 characters');
    await here.type('New password', 'a quite new password');
    await here.press('Save password');
    await here.sees('Your password was changed');
    await elsewhere.visit('/my-partner');
    assert.match(elsewhere.path(), /^\/sign-in/);
    await elsewhere.signIn('a quite new password');
    elsewhere.isAt('/my-partner');
  },

  'two-step sign-in is set up, and a recovery code works once': async ({ signedIn, open, srv }) => {
    const p = await signedIn('clean6');
    await p.visit('/security');
    await p.press('Set up');
    assert.ok(await p.page.locator('img.qr').evaluate((image) => image.complete && image.naturalWidth > 0));
    const secret = await p.page.locator('#totp-secret').innerText();
    await p.type('One-time password', '000 000');
    await p.press('Switch on');
    await p.sees('The code is not correct.');
    await p.type('One-time password', totp(secret, srv.now() / 1000));
    await p.press('Switch on');
    await p.sees('They are shown only this once.');
    const recovery = await p.page.locator('#recovery-codes .code').allInnerTexts();
    assert.equal(new Set(recovery).size, 10);
    await p.page.reload();
    await p.sees('Recovery codes are shown only once');

    const again = await open('clean6');
    await again.signIn();
    await again.type('One-time password', recovery[0]);
    await again.press('Sign in', again.page.locator('main'));
    again.isAt('/my-partner');
    await again.visit('/security');
    await again.sees('9 recovery codes are left.');
    const third = await open('clean6');
    await third.signIn();
    await third.type('One-time password', recovery[0]);
    await third.press('Sign in', third.page.locator('main'));
    await third.sees('The code is not correct.');

    await again.follow('Switch off');
    await again.press('Switch off');
    await again.sees('Two-step sign-in is off');
  },

  'the platform cannot do without its second factor': async ({ signedIn }) => {
    const ops = await signedIn('ops');
    await ops.proveSecondFactor();
    await ops.visit('/security');
    await ops.sees('Those who run the platform always need it.');
    assert.equal(await ops.page.getByRole('link', { name: 'Switch off' }).count(), 0);
    assert.equal((await ops.visit('/security/second-factor/off')).status(), 409);
    await ops.sees('Two-step sign-in can’t be switched off');
  },
});
