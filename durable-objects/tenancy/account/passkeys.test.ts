import { expect, test } from 'vitest';
import type { Ceremony } from '../../../wire/ways-in-rpc.ts';
import { TestAccount, value } from '../../testing/account.ts';
import { Authenticator } from '../../testing/authenticator.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ORIGIN = 'https://islet.example';
const RP_ID = 'islet.example';

type Faults = Parameters<Authenticator['sign']>[1];

/** An account, and a person with an authenticator. */
class Person {
  readonly account = new TestAccount();
  readonly authenticator = new Authenticator(ORIGIN);
  #challenges = 0;

  made(faults: Faults = {}): Ceremony {
    const asked = this.#asked();
    const user = { id: Buffer.from('ada').toString('base64url'), name: 'Ada', displayName: 'Ada' };
    const options = { rp: { id: RP_ID, name: 'Islet' }, user, challenge: asked.challenge64, pubKeyCredParams: [] };
    return { ...asked.ceremony, response: this.authenticator.make(options, faults) };
  }

  signed(faults: Faults = {}): Ceremony {
    const asked = this.#asked();
    const options = { rpId: RP_ID, challenge: asked.challenge64 };
    return { ...asked.ceremony, response: this.authenticator.sign(options, faults) };
  }

  begin(faults: Faults = {}) {
    return this.account.rpc.beginWithPasskey({
      account: 'ada',
      label: 'Mac',
      name: 'Ada',
      agent: 'X',
      ...this.made(faults),
    });
  }

  signIn(ceremony = this.signed()) {
    return this.account.rpc.signInWithPasskey({ account: 'ada', agent: 'X', ...ceremony });
  }

  async credential(token: string): Promise<string> {
    return (await this.account.claims(token)).jti;
  }

  #asked() {
    const challenge = `challenge-${++this.#challenges}`;
    const expires = this.account.now / 1000 + 300;
    const challenge64 = Buffer.from(challenge).toString('base64url');
    return { ceremony: { challenge, expires, origin: ORIGIN, rpId: RP_ID }, challenge64 };
  }
}

test('a person begins with a passkey, and signs in with it', async () => {
  const person = new Person();
  const { token } = value(await person.begin());
  const credential = await person.credential(token);
  const { rpc } = person.account;
  expect(value(await rpc.profile({ credential, account: 'ada' }))).toMatchObject({ kind: 'person', name: 'Ada' });
  await person.account.pass(DAY);
  const again = await person.credential(value(await person.signIn()).token);
  expect(value(await rpc.listPasskeys({ credential: again }))).toEqual([
    {
      id: expect.any(String),
      label: 'Mac',
      created: '2026-01-01T00:00:00Z',
      used: '2026-01-02T00:00:00Z',
      backedUp: true,
    },
  ]);
  const sessions = value(await rpc.listCredentials({ credential: again }));
  expect(sessions.map(({ by, current }) => [by, current])).toEqual([
    ['passkey', undefined],
    ['passkey', true],
  ]);
  // A second account of the name is not begun, whatever is sent.
  expect(await person.begin()).toMatchObject({ status: { code: 409 } });
});

test('what was not asked here, or not so, signs nobody in', async () => {
  const person = new Person();
  value(await person.begin());
  const bad: [Faults, RegExp][] = [
    [{ origin: 'https://evil.example' }, /origin/],
    [{ origin: 'https://pages.islet.example' }, /origin/],
    [{ rpId: 'evil.example' }, /RP ID/],
    [{ challenge: 'b3RoZXI' }, /challenge/],
    [{ unverified: true }, /user could not be verified/],
  ];
  for (const [faults, message] of bad) {
    const refused = { ok: false, status: { code: 401, message: expect.stringMatching(message) } };
    expect(await person.signIn(person.signed(faults)), String(message)).toMatchObject(refused);
  }
  const other = person.signed();
  (other.response as { response: { signature: string } }).response.signature = Buffer.alloc(70).toString('base64url');
  expect(await person.signIn(other)).toMatchObject({ status: { code: 401 } });
  const unknown = person.signed();
  (unknown.response as { id: string }).id = 'unknown';
  expect(await person.signIn(unknown)).toMatchObject({
    status: { code: 401, message: expect.stringMatching(/leads to no account/) },
  });
  for (const response of [undefined, null, 'x', [], {}, { id: 1, response: {} }]) {
    expect(await person.signIn({ ...person.signed(), response })).toMatchObject({ status: { code: 400 } });
  }
  expect((await person.signIn()).ok).toBe(true);
});

test('an answer counts once, and for five minutes', async () => {
  const person = new Person();
  value(await person.begin());
  const signed = person.signed();
  expect((await person.signIn(signed)).ok).toBe(true);
  const spent = { status: { code: 401, message: expect.stringContaining('sent twice') } };
  expect(await person.signIn(signed)).toMatchObject(spent);
  // Both at once: one of them.
  const twice = person.signed();
  const both = await Promise.all([person.signIn(twice), person.signIn(twice)]);
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  const late = person.signed();
  await person.account.pass(5 * MINUTE);
  expect(await person.signIn(late)).toMatchObject(spent);
});

test('a counter that goes back is that of a copy; one that does not count is none', async () => {
  const person = new Person();
  value(await person.begin());
  person.authenticator.counter = 10;
  value(await person.signIn());
  for (const counter of [11, 3, 0]) {
    expect(await person.signIn(person.signed({ counter }))).toMatchObject({ status: { code: 401 } });
  }
  value(await person.signIn(person.signed({ counter: 20 })));
  const other = new Person();
  value(await other.begin());
  for (let time = 0; time < 2; time++) value(await other.signIn(other.signed({ counter: 0 })));
});

test('a passkey with an attestation’s certificates is refused: the library would fetch what they name', async () => {
  const refused = { status: { code: 400, message: expect.stringContaining('attestation') } };
  expect(await new Person().begin({ certificate: true })).toMatchObject(refused);
});

test('a visitor who adds a passkey becomes a person, however long ago the visit began', async () => {
  const person = new Person();
  const credential = await person.account.begin('visitor');
  await person.account.pass(DAY);
  const { rpc } = person.account;
  expect((await rpc.passkeyUser({ credential, account: 'ada' })).ok).toBe(true);
  value(await rpc.addPasskey({ credential, label: 'Phone', ...person.made() }));
  expect(value(await rpc.profile({ credential, account: 'ada' })).kind).toBe('person');
  // From now on there is a way to sign in again.
  const again = { status: { code: 403, details: { causes: [{ reason: 'SignInAgain' }] } } };
  expect(await rpc.addPasskey({ credential, label: 'Mac', ...person.made() })).toMatchObject(again);
  expect((await person.signIn(person.signed())).ok).toBe(false);
});

test('ways in change just after a sign-in only; the last one stays; a passkey has its name', async () => {
  const person = new Person();
  const credential = await person.credential(value(await person.begin()).token);
  const { rpc } = person.account;
  const first = value(await rpc.listPasskeys({ credential }))[0]?.id ?? '';
  const last = { status: { code: 409, message: expect.stringContaining('add another one first') } };
  expect(await rpc.removePasskey({ credential, id: first })).toMatchObject(last);
  const second = value(await rpc.addPasskey({ credential, label: 'Key', ...person.made() }));
  expect(value(await rpc.renamePasskey({ credential, id: second.id, label: 'Yubikey' })).label).toBe('Yubikey');
  expect(await rpc.renamePasskey({ credential, id: 'x', label: 'y' })).toMatchObject({ status: { code: 404 } });
  await person.account.pass(16 * MINUTE);
  expect(await rpc.removePasskey({ credential, id: first })).toMatchObject({ status: { code: 403 } });
  const fresh = await person.credential(value(await person.signIn()).token);
  value(await rpc.removePasskey({ credential: fresh, id: first }));
  expect(await rpc.removePasskey({ credential: fresh, id: first })).toMatchObject({ status: { code: 404 } });
});

test('the holder of the bootstrap secret adds a passkey from the terminal; a reset takes it back', async () => {
  const person = new Person();
  const { rpc } = person.account;
  const opened = await person.credential(value(await rpc.open({ account: 'ada', reset: false })).token);
  const sessionOf = async (token: string) => {
    const { code } = value(await rpc.mintCode({ credential: token, account: 'ada' }));
    const session = await rpc.redeemCode({ account: 'ada', jti: await person.credential(code), agent: 'X' });
    return person.credential(session?.token ?? '');
  };
  // A token that the first one issued ends with it, and what it would add does not.
  const child = value(await rpc.createToken({ credential: opened, account: 'ada', seconds: 60 })).token;
  const fromChild = await sessionOf(await person.credential(child));
  const add = (credential: string) => rpc.addPasskey({ credential, label: 'Mac', ...person.made() });
  for (const credential of [opened, fromChild]) expect(await add(credential)).toMatchObject({ status: { code: 403 } });
  value(await add(await sessionOf(opened)));
  expect((await person.signIn()).ok).toBe(true);
  value(await rpc.open({ account: 'ada', reset: true }));
  expect(await person.signIn()).toMatchObject({ status: { code: 401 } });
});
