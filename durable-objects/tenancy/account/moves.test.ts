import { expect, test } from 'vitest';
import type { ClusterRpc } from '../../../wire/rpc.ts';
import { TestAccount, value } from '../../testing/account.ts';

const HOUR = 3600_000;
const spec = { simulatedNodes: 0, without: [] };
type MoveTo = Parameters<ClusterRpc['moveTo']>[0];

/** Two accounts, and who owns each cluster, as the clusters' objects know it. */
async function world(kind: 'visitor' | 'person' = 'visitor') {
  const giver = new TestAccount('giver');
  const taker = new TestAccount('taker', 100);
  giver.accounts.set('taker', taker.rpc);
  const owners = new Map<string, string>();
  /** Breaks off the next call, before or after it took effect. */
  let broken: 'before' | 'after' | undefined;
  giver.moveTo = async (id, { from, to }: MoveTo) => {
    if (broken === 'before') throw new Error('the cluster is not there');
    const owner = owners.get(id) ?? 'giver';
    if (owner !== from && owner !== to) return 'elsewhere';
    owners.set(id, to);
    if (broken === 'after') throw new Error('the answer got lost');
    return 'moved';
  };
  const credential = await giver.begin(kind);
  const own = await taker.begin();
  const make = async (account: TestAccount, by: string, name: string) =>
    value(await account.rpc.createCluster({ credential: by, account: account.name, name, ...spec })).id;
  const names = async (account: TestAccount, by: string) =>
    value(await account.rpc.listClusters({ credential: by })).map(({ name }) => name);
  return {
    giver,
    taker,
    credential,
    own,
    owners,
    make: (name: string) => make(giver, credential, name),
    makeOther: (name: string) => make(taker, own, name),
    breakOff: (when: typeof broken) => (broken = when),
    /** The receiver takes clusters, and its answers do not arrive. */
    loseAnswers: () =>
      giver.accounts.set('taker', {
        ...taker.rpc,
        receiveCluster: async (request: Parameters<typeof taker.rpc.receiveCluster>[0]) => {
          await taker.rpc.receiveCluster(request);
          throw new Error('the answer got lost');
        },
      }),
    bring: () => giver.rpc.bringClusters({ credential, account: 'giver', to: 'taker' }),
    offer: (name: string) => giver.rpc.offerCluster({ credential, account: 'giver', name }),
    given: () => names(giver, credential),
    taken: () => names(taker, own),
  };
}

test('a visitor who signs in brings the clusters along; a name that is taken gets a number', async () => {
  const { make, makeOther, bring, given, taken, owners } = await world();
  const [a, b] = [await make('first'), await make('second')];
  await makeOther('first');
  expect((await bring()).ok).toBe(true);
  expect([await given(), await taken()]).toEqual([[], ['first', 'first-2', 'second']]);
  expect([owners.get(a), owners.get(b)]).toEqual(['taker', 'taker']);
});

test('clusters of a person stay when the person signs in elsewhere', async () => {
  const { make, bring, given, taken } = await world('person');
  await make('first');
  expect((await bring()).ok).toBe(true);
  expect([await given(), await taken()]).toEqual([['first'], []]);
});

test.each(['before', 'after'] as const)(
  'a move whose first step breaks off %s it took effect goes on',
  async (when) => {
    const { giver, make, bring, breakOff, given, taken } = await world();
    await make('first');
    breakOff(when);
    await bring();
    expect([await given(), await taken()]).toEqual([['first'], []]);
    breakOff(undefined);
    await giver.pass(HOUR);
    expect([await given(), await taken()]).toEqual([[], ['first']]);
  },
);

test.each(['before', 'after'] as const)(
  'a receiver that breaks off %s it has the cluster has it once',
  async (when) => {
    const { giver, taker, make, bring, given, taken } = await world();
    await make('first');
    const broken = {
      ...taker.rpc,
      receiveCluster: async (request: Parameters<typeof taker.rpc.receiveCluster>[0]) => {
        if (when === 'after') await taker.rpc.receiveCluster(request);
        throw new Error('the account is not there');
      },
    };
    giver.accounts.set('taker', broken);
    await bring();
    expect(await given()).toEqual(['first']);
    giver.accounts.set('taker', taker.rpc);
    await giver.pass(HOUR);
    expect([await given(), await taken()]).toEqual([[], ['first']]);
  },
);

test('a cluster that the receiver has deleted before the giver knew of its arrival does not come back', async () => {
  const { giver, taker, own, make, bring, given, taken, owners, loseAnswers } = await world();
  const id = await make('first');
  loseAnswers();
  await bring();
  value(await taker.rpc.deleteCluster({ credential: own, name: 'first' }));
  giver.accounts.set('taker', taker.rpc);
  await giver.pass(HOUR);
  expect([await given(), await taken(), owners.get(id)]).toEqual([[], [], 'taker']);
});

test('while a cluster is leaving, the giver cannot delete it', async () => {
  const { giver, credential, make, bring, breakOff } = await world();
  await make('first');
  breakOff('after');
  await bring();
  const refused = await giver.rpc.deleteCluster({ credential, name: 'first' });
  expect(refused).toMatchObject({ ok: false, status: { code: 409 } });
  expect(giver.told.filter((call) => call.endsWith('destroy'))).toEqual([]);
});

test('an offer is taken once, within an hour', async () => {
  const { giver, offer, make, given, taken } = await world('person');
  const cluster = await make('first');
  const take = async (code: string) => {
    const { jti } = await giver.claims(code);
    return giver.rpc.takeOffer({ account: 'giver', offer: jti, cluster, to: 'taker' });
  };
  const { code, expires } = value(await offer('first'));
  expect(expires).toBe('2026-01-01T01:00:00Z');
  expect(await giver.claims(code)).toMatchObject({ use: 'offer', cluster, account: 'giver' });
  const other = value(await offer('first'));
  expect(value(await take(code))).toMatchObject({ id: cluster, name: 'first' });
  expect([await given(), await taken()]).toEqual([[], ['first']]);
  for (const again of [code, other.code]) {
    expect(await take(again)).toMatchObject({ ok: false, status: { code: 404 } });
  }
});

test('an offer ends, and a visitor cannot accept one', async () => {
  const { giver, credential, offer, make } = await world();
  const cluster = await make('first');
  const { jti } = await giver.claims(value(await offer('first')).code);
  await giver.pass(HOUR);
  const late = await giver.rpc.takeOffer({ account: 'giver', offer: jti, cluster, to: 'taker' });
  expect(late).toMatchObject({ ok: false, status: { code: 404 } });
  const refused = await giver.rpc.mayReceive({ credential });
  expect(refused).toMatchObject({
    ok: false,
    status: { code: 403, message: expect.stringContaining('sign in first') },
  });
});

test('a reset of the account ends its offers, which a thief of a token may have made', async () => {
  const { giver, make, offer } = await world('person');
  const cluster = await make('first');
  const { jti } = await giver.claims(value(await offer('first')).code);
  value(await giver.rpc.open({ account: 'giver', reset: true }));
  const taken = await giver.rpc.takeOffer({ account: 'giver', offer: jti, cluster, to: 'taker' });
  expect(taken).toMatchObject({ ok: false, status: { code: 404 } });
});

test('a cluster that comes back before the giver has heard of its arrival stays', async () => {
  const { giver, taker, make, bring, given, owners, loseAnswers } = await world();
  const id = await make('first');
  loseAnswers();
  await bring();
  // The receiver hands it back at once.
  owners.set(id, 'giver');
  await giver.rpc.receiveCluster({ cluster: { id, name: 'first', created: '' } });
  giver.accounts.set('taker', taker.rpc);
  await giver.pass(HOUR);
  expect([owners.get(id), await given()]).toEqual(['giver', ['first']]);
});

test('an offer ends with the session that it was made with', async () => {
  const { giver, credential, make, offer } = await world('person');
  const cluster = await make('first');
  const { jti } = await giver.claims(value(await offer('first')).code);
  const other = value(await giver.rpc.createToken({ credential, account: 'giver', seconds: 3600 }));
  await giver.rpc.revoke({ credential: (await giver.claims(other.token)).jti, id: credential });
  const taken = await giver.rpc.takeOffer({ account: 'giver', offer: jti, cluster, to: 'taker' });
  expect(taken).toMatchObject({ ok: false, status: { code: 404 } });
});
