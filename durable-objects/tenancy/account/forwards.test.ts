import { expect, test } from 'vitest';
import type { ForwardTarget } from '../../../wire/forwards.ts';
import { TestAccount, value } from '../../testing/account.ts';

const TARGET: ForwardTarget = { kind: 'pods', namespace: 'default', name: 'web', port: 80, scheme: 'http' };
const HOUR = 3600_000;

async function withCluster() {
  const account = new TestAccount();
  const credential = await account.begin();
  const spec = { credential, account: 'ada', name: 'first', simulatedNodes: 0, without: [] };
  const { id: cluster } = value(await account.rpc.createCluster(spec));
  const mint = async (target = TARGET, as = credential) =>
    account.rpc.mintForward({ credential: as, account: 'ada', cluster, target });
  const open = async (target = TARGET, as = credential) => {
    const { jti } = await account.claims(value(await mint(target, as)).ticket);
    return { jti, opened: await account.rpc.redeemForward({ account: 'ada', jti }) };
  };
  const list = async () => value(await account.rpc.listForwards({ credential }));
  return { account, credential, cluster, mint, open, list };
}

test('a ticket is traded once, within half a minute, for a forward of half a day', async () => {
  const { account, cluster, mint, open } = await withCluster();
  const { jti, opened } = await open();
  const claims = await account.claims(opened?.token ?? '');
  expect(claims).toMatchObject({ use: 'forward', account: 'ada', scope: { cluster, forward: TARGET } });
  expect([opened?.seconds, claims.exp - claims.iat]).toEqual([12 * 3600, 12 * 3600]);
  expect(await account.rpc.redeemForward({ account: 'ada', jti })).toBeUndefined();
  const late = await account.claims(value(await mint()).ticket);
  await account.pass(31_000);
  expect(await account.rpc.redeemForward({ account: 'ada', jti: late.jti })).toBeUndefined();
  // A ticket begins no session, and a code no forward.
  const other = await account.claims(value(await mint()).ticket);
  expect(await account.rpc.redeemCode({ account: 'ada', jti: other.jti, agent: '' })).toBeUndefined();
});

test('a forward is listed, and not among tokens; it is for its cluster alone', async () => {
  const { account, credential, cluster, open, list } = await withCluster();
  const { opened } = await open();
  const { jti } = await account.claims(opened?.token ?? '');
  expect(await list()).toMatchObject([{ id: jti, cluster, target: TARGET }]);
  expect(value(await account.rpc.listCredentials({ credential })).map(({ id }) => id)).toEqual([credential]);
  expect(await account.rpc.admits({ credential: jti, cluster })).toEqual({ name: '' });
  expect(await account.rpc.admits({ credential: jti, cluster: 'other' })).toBe('no such cluster');
});

test('closing it tells the cluster; opening the port again takes its place', async () => {
  const { account, credential, cluster, open, list } = await withCluster();
  const first = await account.claims((await open()).opened?.token ?? '');
  await account.rpc.admits({ credential: first.jti, cluster });
  const second = await account.claims((await open()).opened?.token ?? '');
  expect((await list()).map(({ id }) => id)).toEqual([second.jti]);
  expect(account.told).toContain(`${cluster} refuseTokens ${first.jti}`);
  await open({ ...TARGET, port: 81 });
  expect(await list()).toHaveLength(2);
  expect(value(await account.rpc.closeForward({ credential, id: second.jti })).id).toBe(second.jti);
  expect(await account.rpc.admits({ credential: second.jti, cluster })).toBe('revoked');
  expect(await account.rpc.closeForward({ credential, id: second.jti })).toMatchObject({ status: { code: 404 } });
  expect(await account.rpc.closeForward({ credential, id: credential })).toMatchObject({ status: { code: 404 } });
});

test('it ends with the session that opened it, and no token opens one', async () => {
  const { account, credential, cluster, mint, open } = await withCluster();
  const token = await account.claims(
    value(await account.rpc.createToken({ credential, account: 'ada', seconds: HOUR / 1000 })).token,
  );
  expect(await mint(TARGET, token.jti)).toMatchObject({ ok: false, status: { code: 403 } });
  const { jti } = await account.claims((await open()).opened?.token ?? '');
  value(await account.rpc.revoke({ credential, id: credential }));
  expect(await account.rpc.admits({ credential: jti, cluster })).toBe('revoked');
});

test('a cluster of another opens no port, and an account has so many open', async () => {
  const { account, credential, mint, open } = await withCluster();
  const strange = { credential, account: 'ada', cluster: 'other', target: TARGET };
  expect(await account.rpc.mintForward(strange)).toMatchObject({ status: { code: 404 } });
  for (let port = 1; port <= 100; port++) await open({ ...TARGET, port });
  expect(await mint()).toMatchObject({ status: { code: 403, message: expect.stringContaining('close some') } });
});
