import { expect, test } from 'vitest';
import { amountText } from './amounts.ts';

test('amounts are as kubectl writes them, and small ones are not nothing', () => {
  expect([0, 0.0012, 0.25, 1.5].map((cores) => amountText(cores, 'cpu'))).toEqual(['0m', '1.2m', '250m', '1.5']);
  expect([0, 1.5, 64, 1536].map((mebi) => amountText(mebi * 1024 ** 2, 'memory'))).toEqual([
    '0Mi',
    '1.5Mi',
    '64Mi',
    '1.5Gi',
  ]);
});
