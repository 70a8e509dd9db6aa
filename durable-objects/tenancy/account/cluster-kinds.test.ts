import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const HOUR = 3600_000;

async function visitor() {
  const account = new TestAccount();
  const credential = await account.begin('visitor');
  const create = (name: string, simulatedNodes = 0) =>
    account.rpc.createCluster({ credential, account: 'ada', name, simulatedNodes, without: [] });
  const signIn = async (): Promise<void> => {
    const identity = { key: 'k', provider: 'p', issuer: 'i', subject: 's', label: 'ada@example.com' };
    value(await account.rpc.linkIdentity({ credential, account: 'ada', identity, agent: '' }));
  };
  return { account, create, signIn };
}

test('a visitor has the limits of one, and more once signed in', async () => {
  const { create, signIn } = await visitor();
  expect(await create('large', 6)).toMatchObject({
    ok: false,
    status: { code: 403, message: 'a cluster of this account may have 5 nodes: ask for fewer' },
  });
  expect([(await create('a', 5)).ok, (await create('b')).ok]).toEqual([true, true]);
  expect(await create('c')).toMatchObject({
    ok: false,
    status: { code: 403, message: expect.stringContaining('may have 2 clusters') },
  });
  await signIn();
  expect((await create('c', 6)).ok).toBe(true);
});

test('clusters are told when their visitor has become a person, again and again until they know', async () => {
  const { account, create, signIn } = await visitor();
  const { id } = value(await create('a'));
  account.fails = (call) => call.includes('setKind');
  await signIn();
  await expect(account.pass(0)).rejects.toThrow('could not do all');
  account.fails = () => false;
  await account.pass(HOUR);
  expect(account.told.filter((call) => call.includes('setKind'))).toEqual([`${id} setKind {"kind":"person"}`]);
});
