// What several stories begin with: the first steps of the wizard, a partner that asks, a customer's page at the partner's desk.
export const TICK = 'I understand the preceding statement and confirm to disassociate from the partner account';
export const TICK_OF_PARTNER = 'I understand the preceding statement and confirm to disassociate from the customer account';
export const REASON = 'The project has ended';

export async function toVerify(person) {
  await person.visit('/my-partner');
  await person.follow('Disassociate');
  await person.tick(TICK);
  await person.press('Disassociate');
}

export async function toReason(person) {
  await toVerify(person);
  await person.enterCode(await person.sendCode({ channel: /Email to/ }));
  await person.sees('Why are you leaving this partner?');
}

// A code, by email when there is a choice.
export async function prove(person) {
  const isChoice = await person.page.getByRole('radio').count() > 0;
  await person.enterCode(await person.sendCode(isChoice ? { channel: /Email to/ } : {}));
}

// The company of somebody who is signed in.
export async function nameOf(person) {
  const who = await person.page.locator('.bar .who').innerText();   // person, company
  return who.slice(who.indexOf(', ') + 2).trim();
}

// Where the partner's page of this customer is; the partner is there.
export async function openCustomer(partner, search) {
  await partner.visit('/customers');
  await partner.type('Name or account number', search);
  await partner.press('Apply');
  await partner.page.locator('table a[href^="/customers/C-"]').first().click();
  return partner.path();
}

// Customers → the customer → Request disassociation → check and confirm → (code) → reason → sent. Returns the number.
export async function askCustomer(partner, customer, { hasCode = false } = {}) {
  await openCustomer(partner, await nameOf(customer));
  await partner.follow('Request disassociation');
  await partner.sees('Check the customer’s account', 'What happens if this customer leaves you');
  await partner.tick(TICK_OF_PARTNER);
  await partner.press('Disassociate');
  if (hasCode) await prove(partner);
  await partner.sees('Why do you want to end the association?');
  await partner.tick(REASON);
  await partner.press('Submit');
  await partner.sees('Your request has been sent to', 'Nothing changes until they answer.');
  return /DR\d{8}-\d{6,}/.exec(await partner.text())[0];
}
