import { expect, test } from 'vitest';
import { toneOf } from './tone.ts';

test.each([
  ['Status', 'Running', 'good'],
  ['Status', 'CrashLoopBackOff', 'bad'],
  ['Status', 'Init:CrashLoopBackOff', 'bad'],
  ['Status', 'ErrImagePull', 'bad'],
  ['Status', 'Init:0/1', 'busy'],
  ['Status', 'Ready', 'good'],
  ['Status', 'NotReady', 'bad'],
  ['Status', 'Ready,SchedulingDisabled', 'busy'],
  ['Ready', '1/2', 'busy'],
  ['Ready', '2/2', undefined],
  ['Type', 'Warning', 'bad'],
  ['Type', 'ClusterIP', undefined],
  ['Name', 'Error', undefined],
] as const)('%s %s', (column, text, tone) => {
  expect(toneOf(column, text)).toBe(tone);
});
