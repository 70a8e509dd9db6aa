import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { ApiError } from '../api/client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { TokenCache } from './tokens.ts';

const HOUR = 3600_000;
const pod = { metadata: { name: 'web', namespace: 'd', uid: 'u' } } as Pod;

/** `granted`: how long a token is good, whatever was asked for; 0 while the cluster cannot be reached. */
function rig(granted: number) {
  const clock = new FakeClock();
  const state = { granted, made: 0 };
  const api = {
    request: async <T>() => {
      if (state.granted === 0) throw new ApiError(0, 'connection refused');
      const expirationTimestamp = new Date(clock.now() + state.granted).toISOString();
      return { status: { token: `token-${++state.made}`, expirationTimestamp } } as T;
    },
  };
  const cache = new TokenCache(api, clock);
  return { state, clock, get: () => cache.get(pod, undefined, 365 * 24 * 3600) };
}

test('A token is renewed by the time that was granted, not by what was asked for', async () => {
  const { clock, get } = rig(HOUR);
  expect(await get()).toBe('token-1');
  await clock.advance(0.7 * HOUR);
  expect(await get()).toBe('token-1');
  await clock.advance(0.2 * HOUR);
  expect(await get()).toBe('token-2');
});

test('A token that is good for long is renewed once a day', async () => {
  const { clock, get } = rig(365 * 24 * HOUR);
  await get();
  await clock.advance(25 * HOUR);
  expect(await get()).toBe('token-2');
});

test('While no new token can be had the old one serves until it ends', async () => {
  const { state, clock, get } = rig(HOUR);
  await get();
  state.granted = 0;
  await clock.advance(0.9 * HOUR);
  expect(await get()).toBe('token-1');
  await clock.advance(0.2 * HOUR);
  await expect(get()).rejects.toThrow('connection refused');
});

test('After the clock was set back a token of the time before is not used on', async () => {
  const { clock, get } = rig(HOUR);
  expect(await get()).toBe('token-1');
  clock.setBack(24 * HOUR);
  expect(await get()).toBe('token-2');
  expect(await get()).toBe('token-2');
});
