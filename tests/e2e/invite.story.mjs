// A customer comes to a partner: invited by mail or by link, registering or signing in, accepting or not.
import assert from 'node:assert/strict';
import { story } from './lib/story.mjs';

const NORTHWIND = 'Northwind Cloud Reseller';
const PASSWORD = 'seven green bottles';

async function inviteByEmail(partner, name, email) {
  await partner.visit('/invitations');
  await partner.follow('Invite customer');
  await partner.page.locator('#name').fill(name);
  await partner.page.locator('#email').fill(email);
  const before = await partner.server.messageNames();
  await partner.press('Send invitation');
  partner.isAt('/invitations');
  await partner.sees('Invitation sent', name, email);
  const message = await partner.server.message(email, before);
  const path = /(\/invitation\/[A-Za-z0-9_-]+)/.exec(message.text);
  assert.ok(path, `no link in ${message.text}`);
  return path[1];
}

// Returns the path of the link as it stands on the page.
async function inviteByLink(partner, label) {
  await partner.visit('/customer-invite');
  await partner.page.locator('#label').fill(label);
  await partner.press('Create link');
  await partner.sees('The link is ready');
  return new URL(await partner.page.getByLabel('Link', { exact: true }).inputValue()).pathname;
}

async function register(person, email, company) {
  await person.follow('Register');
  await person.page.locator('#name').fill('Nora New');
  await person.page.locator('#company').fill(company);
  if (await person.page.locator('#email').count() > 0) await person.page.locator('#email').fill(email);
  await person.page.locator('#password').fill(PASSWORD);
  await person.press('Continue');
  await person.enterCode(await person.sendCode({ address: email }));
  await person.sees('Your account is ready and you are signed in', NORTHWIND);
}

story({
  'somebody invited by mail registers, accepts and starts frozen; the partner is told and unfreezes nobody else': async ({ open, signedIn, srv }) => {
    const partner = await signedIn('partner');
    const path = await inviteByEmail(partner, 'Nora New', 'nora@newco.example');

    const nora = await open('nora');
    await nora.visit(path);
    await nora.sees(`${NORTHWIND} invites you to become its customer`, 'will bill you', 'stays frozen until the partner unfreezes it');
    await register(nora, 'nora@newco.example', 'Newco Ltd');
    nora.isAt(path);
    await nora.sees('You accept for the account Newco Ltd');
    const before = await srv.messageNames();
    await nora.press('Accept');
    nora.isAt('/my-partner');
    await nora.sees('You are associated with your partner', NORTHWIND, 'Frozen');
    assert.match((await srv.message('nora@newco.example', before)).subject, /You are now associated with/);
    await nora.follow('Operation log');
    await nora.sees('Invitation accepted', 'Association started');

    await partner.visit('/invitations');
    await partner.sees('Nora New', 'Accepted');
    await partner.visit('/notifications');
    await partner.sees('Newco Ltd accepted your invitation');
    await partner.visit('/operation-log');
    await partner.sees('Customer invited', 'Invitation accepted', 'Association started');

    await nora.visit(path);
    await nora.sees('You accepted this invitation');
    const late = await open('late');
    await late.visit(path);
    await late.sees('This invitation was already used', `Ask ${NORTHWIND} to send you a new one`);
  },

  'a customer without a partner signs in on a link; its QR code is a picture; the link works once': async ({ open, signedIn }) => {
    const partner = await signedIn('partner');
    const path = await inviteByLink(partner, 'Trade fair');
    const picture = partner.page.getByRole('img', { name: 'QR code of the link above' });
    assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 0).catch(() => true));
    const answer = await partner.page.request.get(partner.url(await picture.getAttribute('src')));
    assert.equal(answer.headers()['content-type'], 'image/svg+xml');

    const alone = await open('alone');
    await alone.visit(path);
    await alone.follow('Sign in to accept');
    await alone.page.getByRole('textbox', { name: /User name|Email address/ }).fill('alone@demo.test');
    await alone.page.getByLabel('Password', { exact: true }).fill('demo-password-only');
    await alone.press('Sign in', alone.page.locator('main'));
    alone.isAt(path);
    await alone.press('Accept');
    await alone.sees('You are associated with your partner', NORTHWIND);

    await partner.page.reload();
    await partner.sees('Accepted');
    assert.equal(await picture.count(), 0);
  },

  'who has a partner, is a partner or only reads cannot accept': async ({ signedIn, open }) => {
    const stranger = await signedIn('stranger');
    const path = await inviteByLink(stranger, '');
    const clean = await signedIn('clean');
    await clean.visit(path);
    await clean.sees('You already have a partner', NORTHWIND, 'Leave that partner first');
    assert.equal(await clean.page.getByRole('button', { name: 'Accept' }).count(), 0);
    const partner = await signedIn('partner');
    await partner.visit(path);
    await partner.sees('Your account is a partner account');
    const viewer = await signedIn('viewer');
    await viewer.visit(path);
    assert.equal(await viewer.page.getByRole('button', { name: 'Accept' }).count(), 0);

    const anybody = await open('anybody');
    await anybody.visit(path);
    assert.equal(await anybody.page.getByRole('button', { name: 'Decline' }).count(), 0);
  },

  'a mailed invitation is sent again, revoked, and runs out after seven days': async ({ open, signedIn, srv }) => {
    const partner = await signedIn('partner');
    const first = await inviteByEmail(partner, 'Otto Other', 'otto@other.example');
    await srv.moveClock(120);
    await partner.page.getByRole('link', { name: 'Otto Other', exact: true }).click();
    const before = await srv.messageNames();
    await partner.press('Send again');
    await partner.sees('Invitation sent again');
    const second = /(\/invitation\/[A-Za-z0-9_-]+)/.exec((await srv.message('otto@other.example', before)).text)[1];
    const otto = await open('otto');
    await otto.visit(first);
    await otto.sees('This invitation doesn’t work');
    await otto.visit(second);
    await otto.sees('Sign in to accept');
    await partner.press('Revoke invitation');
    await partner.sees('Invitation revoked', 'Revoked');
    await otto.visit(second);
    await otto.sees('This invitation was revoked');

    const third = await inviteByEmail(partner, 'Otto Other', 'otto@other.example');
    await srv.moveClock(7 * 24 * 3600 + 60);
    await otto.visit(third);
    await otto.sees('This invitation has expired', `Ask ${NORTHWIND} to send you a new one`);
  },
});
