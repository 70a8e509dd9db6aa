import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEAR_SECONDS = 365 * 24 * 3600;

test('an account belongs to one person: a second cannot begin it', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const again = { account: 'ada', kind: 'visitor', by: 'visitor', agent: '' } as const;
  expect(await account.rpc.begin(again)).toMatchObject({ ok: false, status: { code: 409 } });
  expect(value(await account.rpc.profile({ credential, account: 'ada' }))).toEqual({
    account: 'ada',
    kind: 'person',
    name: '',
    created: '2026-01-01T00:00:00Z',
  });
});

test('a person names the account; a name that would not fit on a line is refused', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const rename = (name: string) => account.rpc.rename({ credential, account: 'ada', name });
  expect(value(await rename(' Ada 王 ')).name).toBe('Ada 王');
  for (const bad of ['a\nb', 'x'.repeat(61)]) expect(await rename(bad)).toMatchObject({ status: { code: 400 } });
  expect(value(await account.rpc.profile({ credential, account: 'ada' })).name).toBe('Ada 王');
});

test('what a person asks for just after signing in outlives the session; later it ends with it', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const token = async () => {
    const spec = { credential, account: 'ada', seconds: YEAR_SECONDS, label: 'CI' };
    return account.claims(value(await account.rpc.createToken(spec)).token);
  };
  const first = await token();
  expect(first.exp - first.iat).toBe(YEAR_SECONDS);
  await account.pass(16 * MINUTE);
  const second = await token();
  expect(second.exp).toBe(Date.UTC(2026, 0, 31) / 1000);
  value(await account.rpc.revoke({ credential, id: credential }));
  const left = value(await account.rpc.listCredentials({ credential: first.jti }));
  expect(left.map(({ id, by, label }) => [id, by, label])).toEqual([[first.jti, 'token', 'CI']]);
});

test('a token issues none that outlives it, however fresh it is', async () => {
  const account = new TestAccount();
  const { token } = value(await account.rpc.open({ account: 'ada', reset: false }));
  const { jti, exp } = await account.claims(token);
  await account.pass(DAY);
  const child = value(await account.rpc.createToken({ credential: jti, account: 'ada', seconds: YEAR_SECONDS }));
  expect((await account.claims(child.token)).exp).toBe(exp);
});

test('a session is listed with its browser and its last use, to the hour', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const used = async () => value(await account.rpc.listCredentials({ credential }))[0];
  expect(await used()).toMatchObject({ by: 'passkey', agent: 'Firefox', used: '2026-01-01T00:00:00Z' });
  await account.pass(59 * MINUTE);
  expect((await used())?.used).toBe('2026-01-01T00:00:00Z');
  await account.pass(2 * MINUTE);
  expect((await used())?.used).toBe('2026-01-01T01:01:00Z');
  await account.pass(30 * DAY);
  expect(await account.rpc.listCredentials({ credential })).toMatchObject({ ok: false, status: { code: 401 } });
});

test('a person’s clusters are made and deleted with a session', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const spec = { credential, account: 'ada', name: 'first', simulatedNodes: 0, without: [] };
  const { id } = value(await account.rpc.createCluster(spec));
  expect(await account.rpc.admits({ credential, cluster: id })).toEqual({ name: '' });
  value(await account.rpc.deleteCluster({ credential, name: 'first', atOnce: true }));
  expect(account.told).toEqual([`${id} initialise`, `${id} destroy`]);
  expect(await account.rpc.admits({ credential, cluster: id })).toBe('no such cluster');
});

test('a kubeconfig that a session asks for ends with it, unless its person has just signed in', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const { id } = value(
    await account.rpc.createCluster({ credential, account: 'ada', name: 'first', simulatedNodes: 0, without: [] }),
  );
  const kubeconfig = async (asking: string) =>
    value(await account.rpc.clusterToken({ credential: asking, account: 'ada', name: 'first' })).token;
  expect(await kubeconfig(credential)).toBe(`token of ${id}`);
  const { token } = value(await account.rpc.createToken({ credential, account: 'ada', seconds: YEAR_SECONDS }));
  await account.pass(DAY);
  expect(await kubeconfig(credential)).toBe(`token of ${id} for ${29 * 24 * 3600} seconds`);
  expect(await kubeconfig((await account.claims(token)).jti)).toBe(`token of ${id}`);
});
