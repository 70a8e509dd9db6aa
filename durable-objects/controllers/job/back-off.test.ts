import { expect, test } from 'vitest';
import type { Job } from '../../../kube/types.ts';
import { BackOff } from './back-off.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const job = (uid: string) => ({ metadata: { name: 'work', uid }, spec: {} }) as unknown as Job;
const failures = [
  ['a', NOW - 30_000],
  ['b', NOW - 5000],
];

test('the failures of a Job outlive the object, and those of an earlier Job of its name do not count', () => {
  const memo = JSON.stringify({ job: 'uid-1', success: 0, failures });
  expect(new BackOff(memo, job('uid-1'), [], NOW).wait).toBe(15_000);
  expect(new BackOff(new BackOff(memo, job('uid-1'), [], NOW).plan?.memo, job('uid-1'), [], NOW).wait).toBe(15_000);
  const next = new BackOff(memo, job('uid-2'), [], NOW);
  expect([next.wait, next.plan]).toEqual([0, undefined]);
});

test('a memo of an earlier build, which names no Job, counts', () => {
  const memo = JSON.stringify({ success: 0, failures });
  expect(new BackOff(memo, job('uid-1'), [], NOW).wait).toBe(15_000);
});
