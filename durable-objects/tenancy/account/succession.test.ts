import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const HOUR = 3600_000;
const LINK = { id: 'link-1', cluster: 'abcdefghij' };
const spec = { simulatedNodes: 0, without: [] };

async function visit() {
  const visitor = new TestAccount('visit');
  const person = new TestAccount('person', 100);
  visitor.accounts.set('person', person.rpc);
  const credential = await visitor.begin('visitor');
  const own = await person.begin();
  const about = { credential, account: 'visit' };
  const bring = () => visitor.rpc.bringClusters({ ...about, to: 'person' });
  const listed = async () => value(await person.rpc.listClusters({ credential: own }));
  return { visitor, person, about, own, bring, listed };
}

test.each([false, true])('roles and deleted clusters come along; it goes on when it broke off: %s', async (breaks) => {
  const { visitor, person, about, own, bring, listed } = await visit();
  value(await visitor.rpc.acceptLink({ ...about, link: LINK }));
  const { id } = value(await visitor.rpc.createCluster({ ...about, name: 'web', ...spec }));
  value(await visitor.rpc.deleteCluster({ credential: about.credential, name: 'web' }));
  visitor.fails = (call) => breaks && call.includes('succeed');
  await bring();
  if (breaks) expect(await listed()).toEqual([]);
  visitor.fails = () => false;
  await visitor.pass(HOUR);
  expect(await listed()).toMatchObject([{ id: LINK.cluster, role: 'view' }]);
  expect(value(await person.rpc.deletedClusters({ credential: own }))).toMatchObject([{ id, name: 'web' }]);
  // The visit ends, and takes nothing with it.
  await visitor.pass(100 * HOUR);
  expect(visitor.told.filter((call) => /destroy|leave/.test(call))).toEqual([]);
  expect(value(await person.rpc.undeleteCluster({ credential: own, name: 'web' }))).toMatchObject({ id });
});

test('a copy of a class comes along as such: the link gives no second one', async () => {
  const { visitor, person, about, own, bring } = await visit();
  for (const account of [visitor, person])
    account.accepts = async () => ({ ok: true, value: { name: 'rollouts', role: 'copy' } });
  const { id } = value(await visitor.rpc.acceptLink({ ...about, link: LINK }));
  await bring();
  expect(value(await person.rpc.acceptLink({ credential: own, account: 'person', link: LINK }))).toMatchObject({ id });
});
