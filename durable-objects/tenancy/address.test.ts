import { expect, test } from 'vitest';
import type { AddressRpc } from '../../wire/address-rpc.ts';
import { dispatch, rpcOf } from '../../wire/rpc-call.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { openAddress } from './address.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function opened() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const limits = { visitorsPerHour: 2, visitorsAtOnce: 3 };
  const handlers = openAddress(openNodeSql(), limits, 3 * DAY, () => clock.now);
  const rpc = rpcOf<AddressRpc>({ call: (method, request) => dispatch(handlers, method, request) });
  return { clock, rpc };
}

test('so many visitors may come within an hour', async () => {
  const { clock, rpc } = opened();
  expect((await rpc.admit({ account: 'a' })).ok).toBe(true);
  clock.now += 20 * MINUTE;
  expect((await rpc.admit({ account: 'b' })).ok).toBe(true);
  const refused = await rpc.admit({ account: 'c' });
  expect(refused).toMatchObject({ ok: false, status: { code: 429, details: { retryAfterSeconds: 40 * 60 } } });
  expect(JSON.stringify(refused)).toContain('sign in, and nothing of this counts, or try again in 40 minutes');
  clock.now += 40 * MINUTE;
  expect((await rpc.admit({ account: 'c' })).ok).toBe(true);
});

test('so many may be there at once, until their accounts say that they are gone', async () => {
  const { clock, rpc } = opened();
  for (const account of ['a', 'b', 'c']) {
    expect((await rpc.admit({ account })).ok).toBe(true);
    clock.now += 31 * MINUTE;
  }
  clock.now += 60 * MINUTE;
  expect(await rpc.admit({ account: 'd' })).toMatchObject({ ok: false, status: { code: 429 } });
  await rpc.release({ account: 'b' });
  expect((await rpc.admit({ account: 'd' })).ok).toBe(true);
  // One whose account never said so counts for as long as a session and the days after it.
  clock.now += 33 * DAY;
  expect((await rpc.admit({ account: 'e' })).ok).toBe(true);
});
