import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateRequestPolicy } from './capacity-policy.ts';

type Policy = Parameters<typeof validateRequestPolicy>[0];

const texts = (policy: object, capacity = '10') =>
  validateRequestPolicy(policy as Policy, capacity, 'p').map(({ field, detail }) => `${field}: ${detail}`);

test.each([
  {},
  { default: '1' },
  { default: '1Gi', validValues: ['1024Mi', '2Gi'] },
  { default: '3', validRange: { min: '1', max: '5', step: '2' } },
])('a policy that fits: %j', (policy) => {
  expect(texts(policy, '4Gi')).toEqual([]);
});

test.each([
  [{ validValues: ['1'] }, 'p.default: required when validValues is defined'],
  [{ default: '2', validValues: ['1'] }, 'p.validValues: default value is not valid according to the requestPolicy'],
  [{ default: '1', validValues: ['2', '1'] }, 'p.validValues[1]: values must be sorted in ascending order'],
  [{ default: '1', validValues: ['1', '20'] }, 'p.validValues[1]: option is larger than capacity value: 10'],
  [{ default: '1', validRange: { min: '2' } }, 'p.validRange.min: default is less than min: 2'],
  [{ default: '1', validRange: { min: '1', max: '20' } }, 'p.validRange.max: max is larger than capacity value: 10'],
  [
    { default: '2', validRange: { min: '1', step: '3' } },
    'p.validRange.step: value is not a multiple of a given step (3) from (1)',
  ],
  [
    { default: '1', validRange: { min: '1', step: '10' } },
    'p.validRange.step: one step 11 is larger than capacity value: 10',
  ],
  [
    { default: '1', validRange: { min: '1', step: '0' } },
    'p.validRange.step: value is not a multiple of a given step (0) from (1)',
  ],
])('one that does not: %j', (policy, error) => {
  expect(texts(policy)).toContain(error);
});

test('any quantities give errors or none', () => {
  const quantity = fc.option(fc.constantFrom('0', '1', '-1', '500m', '3', '1Gi', '1e3'), { nil: undefined });
  const range = fc.record({ min: quantity, max: quantity, step: quantity });
  fc.assert(
    fc.property(quantity, range, (preset, validRange) => {
      expect(Array.isArray(texts({ default: preset, validRange }))).toBe(true);
    }),
    { numRuns: 50 },
  );
});
