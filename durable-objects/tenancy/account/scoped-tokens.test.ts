import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

async function withClusters() {
  const account = new TestAccount();
  const credential = await account.begin();
  const make = async (name: string) => {
    const spec = { credential, account: 'ada', name, simulatedNodes: 0, without: [] };
    return value(await account.rpc.createCluster(spec)).id;
  };
  const ids = { shop: await make('shop'), lab: await make('lab') };
  const token = async (spec: { cluster?: string; readOnly?: boolean }, by = credential) =>
    account.claims(
      value(await account.rpc.createToken({ credential: by, account: 'ada', seconds: 60, ...spec })).token,
    );
  return { account, credential, ids, token };
}

test('a token for one cluster opens that cluster, and the others are as if they did not exist', async () => {
  const { account, ids, token } = await withClusters();
  const { jti, scope } = await token({ cluster: 'shop' });
  expect(scope).toEqual({ cluster: ids.shop });
  expect(await account.rpc.admits({ credential: jti, cluster: ids.shop })).toEqual({ name: '' });
  expect(await account.rpc.admits({ credential: jti, cluster: ids.lab })).toBe('no such cluster');
});

test('a read-only token is in no group of administrators', async () => {
  const { account, ids, token } = await withClusters();
  const claims = await token({ readOnly: true });
  expect(claims.groups).toEqual(['islet:view', 'system:authenticated']);
  expect(await account.rpc.admits({ credential: claims.jti, cluster: ids.lab })).toEqual({ name: '' });
});

test('a token for a cluster that there is not is refused', async () => {
  const { account, credential } = await withClusters();
  const spec = { credential, account: 'ada', seconds: 60, cluster: 'else' };
  expect(await account.rpc.createToken(spec)).toMatchObject({ ok: false, status: { code: 404 } });
});

test('what a scoped token issues is for no more than it is, and never a session', async () => {
  const { account, ids, token } = await withClusters();
  const { jti } = await token({ cluster: 'shop', readOnly: true });
  expect((await token({}, jti)).scope).toEqual({ cluster: ids.shop, readOnly: true });
  expect(await account.rpc.mintCode({ credential: jti, account: 'ada' })).toMatchObject({ ok: false });
});

test('the list shows what each token is for', async () => {
  const { account, credential, ids, token } = await withClusters();
  await token({ cluster: 'lab', readOnly: true });
  await token({});
  const listed = value(await account.rpc.listCredentials({ credential })).filter(({ kind }) => kind === 'token');
  expect(listed.map(({ scope }) => scope)).toEqual([{ cluster: ids.lab, readOnly: true }, undefined]);
});

test('a cluster hears of a revoked token that a kubeconfig of it was made with; one of a fresh sign-in is on its own', async () => {
  const { account, credential, ids, token } = await withClusters();
  const { jti } = await token({});
  value(await account.rpc.clusterToken({ credential: jti, account: 'ada', name: 'shop' }));
  value(await account.rpc.clusterToken({ credential, account: 'ada', name: 'lab' }));
  value(await account.rpc.revoke({ credential, id: jti }));
  expect(account.told.filter((call) => call.includes('refuseTokens'))).toEqual([`${ids.shop} refuseTokens ${jti}`]);
});
