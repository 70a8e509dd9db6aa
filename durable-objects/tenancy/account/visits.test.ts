import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const spec = { simulatedNodes: 0, without: [] };

test('the account of a visitor ends three days after its last use, with its clusters', async () => {
  const account = new TestAccount();
  const credential = await account.begin('visitor');
  const { id } = value(await account.rpc.createCluster({ credential, account: 'ada', name: 'first', ...spec }));
  expect(value(await account.rpc.profile({ credential, account: 'ada' }))).toMatchObject({
    ends: '2026-01-04T00:00:00Z',
  });
  await account.pass(2 * DAY);
  expect(value(await account.rpc.profile({ credential, account: 'ada' }))).toMatchObject({
    ends: '2026-01-06T00:00:00Z',
  });
  await account.pass(3 * DAY - HOUR);
  expect(account.told).not.toContain(`${id} destroy`);
  await account.pass(HOUR);
  expect(account.told.slice(-3)).toEqual([`${id} destroy`, 'a-1 release ada', 'wiped']);
});

test('a cluster that a kubeconfig uses is use of the account', async () => {
  const account = new TestAccount();
  const credential = await account.begin('visitor');
  value(await account.rpc.createCluster({ credential, account: 'ada', name: 'first', ...spec }));
  account.lastAsked = account.now + 2 * DAY;
  await account.pass(5 * DAY - HOUR);
  expect(account.told).not.toContain('wiped');
  await account.pass(HOUR);
  expect(account.told.at(-1)).toBe('wiped');
});

test('a first cluster comes with the account', async () => {
  const account = new TestAccount();
  const cluster = { name: 'first', ...spec };
  const begun = value(
    await account.rpc.begin({ account: 'ada', kind: 'visitor', by: 'visitor', agent: '', address: 'a-1', cluster }),
  );
  expect(begun.cluster).toMatchObject({ ok: true, value: { name: 'first' } });
});

test('an end that breaks off goes on, and takes no credential meanwhile', async () => {
  const account = new TestAccount();
  const credential = await account.begin('visitor');
  value(await account.rpc.createCluster({ credential, account: 'ada', name: 'first', ...spec }));
  account.fails = (call) => call.endsWith('destroy');
  await expect(account.pass(3 * DAY)).rejects.toThrow('could not do all');
  expect(await account.rpc.listClusters({ credential })).toMatchObject({ ok: false, status: { code: 401 } });
  account.fails = () => false;
  await account.pass(HOUR);
  expect(account.told.at(-1)).toBe('wiped');
});

test('a person’s account does not end, and its address counts it no longer', async () => {
  const account = new TestAccount();
  const credential = await account.begin('visitor');
  const identity = { key: 'k', provider: 'p', issuer: 'i', subject: 's', label: 'ada@example.com' };
  value(await account.rpc.linkIdentity({ credential, account: 'ada', identity, agent: '' }));
  await account.pass(0);
  expect(account.told).toEqual(['a-1 release ada']);
  const session = value(
    await account.rpc.signInWithIdentity({
      account: 'ada',
      identity,
      name: '',
      agent: '',
      begins: false,
    }),
  );
  const { jti } = await account.claims(session.token);
  expect(value(await account.rpc.profile({ credential: jti, account: 'ada' })).ends).toBeUndefined();
  await account.pass(20 * DAY);
  expect(account.told).toEqual(['a-1 release ada']);
});
