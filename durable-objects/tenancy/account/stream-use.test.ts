import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const DAY = 24 * 3600_000;

test('clusters of the account share its time of a day, and others add nothing', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const spec = { credential, account: 'ada', name: 'first', simulatedNodes: 0, without: [] };
  const { id: cluster } = value(await account.rpc.createCluster(spec));
  const tell = (ms: number, day = '2026-01-01', of = cluster) => account.rpc.streamed({ cluster: of, day, ms });
  expect(await tell(60_000)).toEqual({ left: 240_000 });
  expect(await tell(90_000)).toEqual({ left: 150_000 });
  expect(await tell(90_000, '2025-12-31')).toEqual({ left: 150_000 });
  expect(await tell(90_000, '2026-01-01', 'other')).toEqual({ left: 150_000 });
  expect(await tell(-90_000)).toEqual({ left: 150_000 });
  expect(value(await account.rpc.usage({ credential })).streamSeconds).toBe(150);
  value(await account.rpc.deleteCluster({ credential, name: 'first' }));
  expect(value(await account.rpc.usage({ credential })).streamSeconds).toBe(150);
  await account.pass(DAY);
  expect(value(await account.rpc.usage({ credential })).streamSeconds).toBe(0);
});
