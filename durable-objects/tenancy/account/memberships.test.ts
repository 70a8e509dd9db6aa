import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';
import { refuse } from '../account-clusters.ts';

const LINK = { id: 'link-1', cluster: 'abcdefghij' };

async function member() {
  const account = new TestAccount('bob');
  const credential = await account.begin();
  const accept = () => account.rpc.acceptLink({ credential, account: 'bob', link: LINK });
  return { account, credential, accept };
}

test('a cluster that was accepted is listed after the account’s own, with the role, and admits', async () => {
  const { account, credential, accept } = await member();
  await account.rpc.rename({ credential, account: 'bob', name: 'Bob' });
  expect(value(await accept())).toEqual({
    id: 'abcdefghij',
    name: 'shared',
    role: 'view',
    created: '2026-01-01T00:00:00Z',
  });
  const own = { credential, account: 'bob', name: 'z-own', simulatedNodes: 0, without: [] };
  value(await account.rpc.createCluster(own));
  const listed = value(await account.rpc.listClusters({ credential }));
  expect(listed.map(({ name, role }) => [name, role])).toEqual([
    ['z-own', undefined],
    ['shared', 'view'],
  ]);
  expect(await account.rpc.admits({ credential, cluster: LINK.cluster })).toEqual({ name: 'Bob' });
});

test('a link that the cluster refuses leaves nothing behind', async () => {
  const { account, credential, accept } = await member();
  account.accepts = async () => refuse('NotFound', 'this link does not exist any more: ask for a new one');
  expect(await accept()).toMatchObject({ ok: false, status: { code: 404 } });
  expect(await account.rpc.admits({ credential, cluster: LINK.cluster })).toBe('no such cluster');
});

test('a member leaves: the cluster is told, and is one no longer', async () => {
  const { account, credential, accept } = await member();
  value(await accept());
  value(await account.rpc.leaveCluster({ credential, account: 'bob', cluster: LINK.cluster }));
  expect(account.told).toEqual(['abcdefghij leave bob']);
  const again = await account.rpc.leaveCluster({ credential, account: 'bob', cluster: LINK.cluster });
  expect(again).toMatchObject({ status: { code: 404 } });
});

test('a cluster that ends the membership is not listed any more', async () => {
  const { account, credential, accept } = await member();
  value(await accept());
  await account.rpc.membershipEnded({ cluster: LINK.cluster });
  expect(value(await account.rpc.listClusters({ credential }))).toEqual([]);
});

test('a kubeconfig of a shared cluster is the member’s, by name or id; an own cluster of the name comes first', async () => {
  const { account, credential, accept } = await member();
  value(await accept());
  const token = async (name: string) => account.rpc.clusterToken({ credential, account: 'bob', name });
  const made = { id: 'abcdefghij', name: 'shared', token: 'token of bob for abcdefghij' };
  expect([value(await token('shared')), value(await token('abcdefghij'))]).toEqual([made, made]);
  value(await account.rpc.acceptLink({ credential, account: 'bob', link: { id: 'l', cluster: 'bbbbbbbbbb' } }));
  expect(await token('shared')).toMatchObject({ status: { code: 409 } });
  value(
    await account.rpc.createCluster({ credential, account: 'bob', name: 'shared', simulatedNodes: 0, without: [] }),
  );
  expect(value(await token('shared')).token).toMatch(/^token of /);
  expect(await token('none')).toMatchObject({ status: { code: 404 } });
});

test('a revoked session is refused by the shared clusters that it reached', async () => {
  const { account, credential, accept } = await member();
  value(await accept());
  await account.rpc.admits({ credential, cluster: LINK.cluster });
  value(await account.rpc.revoke({ credential, id: credential }));
  expect(account.told).toEqual([`abcdefghij refuseTokens ${credential}`]);
});

test('a copy by a link whose making broke off goes on, is one, and tells its class', async () => {
  const { account, credential, accept } = await member();
  account.accepts = async () => ({ ok: true, value: { name: 'rollouts', role: 'copy' } });
  // As when the object of the account ends: nothing is undone.
  account.fails = (call) => call.endsWith('setOrigin link-1') || call.endsWith('destroy');
  await expect(accept()).rejects.toThrow('is not there');
  account.fails = () => false;
  const { id } = value(await accept());
  expect(value(await accept()).id).toBe(id);
  expect(value(await account.rpc.listClusters({ credential })).map(({ name }) => name)).toEqual(['rollouts']);
  expect(account.told.filter((call) => call.includes('setOrigin'))).toEqual([`${id} setOrigin link-1`]);
  value(await account.rpc.deleteCluster({ credential, name: 'rollouts' }));
  expect(value(await accept()).id).not.toBe(id);
});
