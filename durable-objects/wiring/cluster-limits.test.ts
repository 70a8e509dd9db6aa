import { expect, test } from 'vitest';
import type { AccountKind } from '../../wire/account-rpc.ts';
import type { Claims } from '../../wire/identity.ts';
import { NO_LIMITS } from '../../wire/quota.ts';
import type { ApiAnswer } from '../apiserver/request.ts';
import { ClusterLimits } from './cluster-limits.ts';

function limited() {
  const state = { now: 1_000_000, watches: 0, record: { kind: 'visitor' as AccountKind } };
  const limits = new ClusterLimits({
    record: state.record,
    quotaOf: (kind) => (kind === 'visitor' ? { ...NO_LIMITS, requests: 2, watches: 1 } : NO_LIMITS),
    watches: () => state.watches,
    now: () => state.now,
  });
  return { state, limits };
}

const person = {} as Claims;

test('requests come in bursts, and then at their rate', () => {
  const { state, limits } = limited();
  for (let request = 0; request < 10; request++) expect(limits.tooFast(person)).toBeUndefined();
  expect(limits.tooFast(person)).toMatchObject({
    code: 429,
    message: 'this cluster answers 2 requests a second: ask less often, or sign in for more',
    details: { retryAfterSeconds: 1 },
  });
  expect(limits.tooFast({ node: 'worker' } as Claims)).toBeUndefined();
  state.now += 500;
  expect(limits.tooFast(person)).toBeUndefined();
  expect(limits.tooFast(person)?.code).toBe(429);
  // A clock that is set back gives nothing, and takes nothing.
  state.now -= 60_000;
  expect(limits.tooFast(person)?.code).toBe(429);
  state.now += 500;
  expect(limits.tooFast(person)).toBeUndefined();
});

test('a visitor who becomes a person has the limits of one at once', () => {
  const { state, limits } = limited();
  for (let request = 0; request < 11; request++) limits.tooFast(person);
  expect(limits.tooFast(person)?.code).toBe(429);
  state.record.kind = 'person';
  expect(limits.tooFast(person)).toBeUndefined();
});

test('so many watches may be open, those of nodes besides', () => {
  const { state, limits } = limited();
  const watch = { type: 'watch' } as ApiAnswer;
  expect(limits.within(watch, undefined)).toBe(watch);
  state.watches = 1;
  expect(limits.within(watch, undefined)).toMatchObject({
    type: 'response',
    status: 429,
    headers: { 'retry-after': '10' },
    body: expect.stringContaining('this cluster may have 1 watches open'),
  });
  expect(limits.within(watch, 'worker')).toBe(watch);
  const list = { type: 'response' } as ApiAnswer;
  expect(limits.within(list, undefined)).toBe(list);
});
