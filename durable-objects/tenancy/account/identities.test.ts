import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const MINUTE = 60_000;
const identity = (key: string) => ({
  key,
  provider: 'google',
  issuer: 'https://accounts.google.com',
  subject: key,
  label: `${key}@example.com`,
});
const common = { account: 'ada', name: 'Ada', agent: 'Firefox' };

test('a first sign-in begins a person’s account, the next ones lead back to it', async () => {
  const account = new TestAccount();
  const enter = (key: string, begins: boolean) =>
    account.rpc.signInWithIdentity({ ...common, identity: identity(key), begins });
  const { token } = value(await enter('a', true));
  const { jti: credential } = await account.claims(token);
  expect(value(await account.rpc.profile({ credential, account: 'ada' }))).toMatchObject({
    kind: 'person',
    name: 'Ada',
  });
  await account.pass(MINUTE);
  value(await enter('a', false));
  expect(value(await account.rpc.listIdentities({ credential }))).toEqual([
    {
      id: 'a',
      provider: 'google',
      issuer: 'https://accounts.google.com',
      label: 'a@example.com',
      created: '2026-01-01T00:00:00Z',
      used: '2026-01-01T00:01:00Z',
    },
  ]);
  // Neither an identity that it does not know, nor one that would begin it a second time.
  for (const begins of [true, false]) expect(await enter('b', begins)).toMatchObject({ status: { code: 404 } });
});

test('a sign-in that was asked for again takes the old session’s place, unless something came of it', async () => {
  const account = new TestAccount();
  const enter = async (replaces?: string) => {
    const request = { ...common, identity: identity('a'), begins: true, replaces };
    return (await account.claims(value(await account.rpc.signInWithIdentity(request)).token)).jti;
  };
  const sessions = async (credential: string) =>
    value(await account.rpc.listCredentials({ credential })).filter(({ kind }) => kind === 'session');
  const second = await enter(await enter());
  expect((await sessions(second)).map(({ id }) => id)).toEqual([second]);
  await account.pass(16 * MINUTE);
  value(await account.rpc.createToken({ credential: second, account: 'ada', seconds: 60 }));
  expect(await sessions(await enter(second))).toHaveLength(2);
});

test('an account that the bootstrap secret opened is begun by no identity', async () => {
  const account = new TestAccount();
  await account.rpc.open({ account: 'ada', reset: false });
  const request = { ...common, identity: identity('a'), begins: false };
  expect(await account.rpc.signInWithIdentity(request)).toMatchObject({ ok: false, status: { code: 404 } });
});

test('an identity is linked just after signing in, and makes a visitor a person with a session that lasts', async () => {
  const visitor = new TestAccount();
  const credential = await visitor.begin('visitor');
  const linked = value(await visitor.rpc.linkIdentity({ credential, ...common, identity: identity('a') }));
  expect(linked.session?.seconds).toBe(30 * 24 * 3600);
  expect(value(await visitor.rpc.profile({ credential, account: 'ada' })).kind).toBe('person');

  const person = new TestAccount();
  const session = await person.begin();
  expect(value(await person.rpc.linkIdentity({ credential: session, ...common, identity: identity('a') }))).toEqual({});
  await person.pass(16 * MINUTE);
  const late = { credential: session, ...common, identity: identity('b') };
  for (const refused of [await person.rpc.linkIdentity(late), await person.rpc.mayLinkIdentity(late)]) {
    expect(refused).toMatchObject({ ok: false, status: { code: 403 } });
  }
});

test('the last way into an account stays; another can be removed', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  for (const key of ['a', 'b'])
    value(await account.rpc.linkIdentity({ credential, ...common, identity: identity(key) }));
  expect(value(await account.rpc.removeIdentity({ credential, id: 'a' })).label).toBe('a@example.com');
  expect(await account.rpc.removeIdentity({ credential, id: 'a' })).toMatchObject({ status: { code: 404 } });
  expect(await account.rpc.removeIdentity({ credential, id: 'b' })).toMatchObject({ status: { code: 409 } });
  await account.pass(16 * MINUTE);
  expect(await account.rpc.removeIdentity({ credential, id: 'b' })).toMatchObject({ status: { code: 403 } });
});

test('an account has only so many identities', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const link = (key: string) => account.rpc.linkIdentity({ credential, ...common, identity: identity(key) });
  for (let i = 0; i < 20; i++) value(await link(`a${i}`));
  expect(await link('one more')).toMatchObject({ ok: false, status: { code: 403 } });
});
