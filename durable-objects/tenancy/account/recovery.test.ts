import { expect, test } from 'vitest';
import { readRecoveryText } from '../../../wire/recovery-code.ts';
import { TestAccount, value } from '../../testing/account.ts';

const MINUTE = 60_000;

async function withCodes() {
  const account = new TestAccount();
  const credential = await account.begin();
  const codes = async () => value(await account.rpc.newRecoveryCodes({ credential, account: 'ada' })).codes;
  const signIn = (text: string) => {
    const read = readRecoveryText(text);
    if (!read) throw new Error(`no code: ${text}`);
    return account.rpc.signInWithRecovery({ ...read, agent: 'Firefox' });
  };
  return { account, credential, codes, signIn };
}

test('each of ten codes signs in once, until there are new ones', async () => {
  const { account, credential, codes, signIn } = await withCodes();
  expect(value(await account.rpc.recoveryCodes({ credential }))).toEqual({ left: 0 });
  const [first = '', second = '', ...rest] = await codes();
  expect(rest).toHaveLength(8);
  expect(first).toMatch(/^ada-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/);
  const { token } = value(await signIn(first));
  const session = (await account.claims(token)).jti;
  expect(value(await account.rpc.listCredentials({ credential: session })).at(-1)).toMatchObject({ by: 'recovery' });
  expect(value(await account.rpc.recoveryCodes({ credential: session }))).toEqual({
    left: 9,
    created: '2026-01-01T00:00:00Z',
  });
  expect(await signIn(first)).toMatchObject({ status: { code: 401 } });
  await codes();
  expect(await signIn(second)).toMatchObject({ status: { code: 401 } });
});

test('wrong codes, which anyone can send, do not lock the right one', async () => {
  const { codes, signIn } = await withCodes();
  const [good = ''] = await codes();
  const wrong = `ada-${'a2b3-'.repeat(4).slice(0, -1)}`;
  for (let time = 0; time < 20; time++) expect(await signIn(wrong)).toMatchObject({ status: { code: 401 } });
  value(await signIn(good));
});

test('codes are made just after a sign-in, and not for a visitor', async () => {
  const { account, credential } = await withCodes();
  await account.pass(16 * MINUTE);
  expect(await account.rpc.newRecoveryCodes({ credential, account: 'ada' })).toMatchObject({ status: { code: 403 } });
  const other = new TestAccount();
  const visitor = await other.begin('visitor');
  const refused = { status: { code: 409, message: expect.stringContaining('add a passkey first') } };
  expect(await other.rpc.newRecoveryCodes({ credential: visitor, account: 'ada' })).toMatchObject(refused);
});
