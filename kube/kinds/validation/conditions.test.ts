import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { validateConditions } from './conditions.ts';

const good = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z', reason: 'Fine' };

test('a condition has a type of its own, a status, a time and a reason', () => {
  expect(validateConditions([good], 'c')).toEqual([]);
  expect(validateConditions([good, good], 'c').map(errorText)).toEqual(['c[1].type: Duplicate value: "Ready"']);
  const bad = { ...good, status: 'Maybe', lastTransitionTime: null, reason: '', observedGeneration: -1 };
  expect(validateConditions([bad], 'c').map(errorText)).toEqual([
    'c[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
    'c[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
    'c[0].lastTransitionTime: Required value',
    'c[0].reason: Required value',
  ]);
  expect(validateConditions([{ ...good, reason: 'two words' }], 'c').map(errorText)).toEqual([
    expect.stringContaining('c[0].reason: Invalid value: "two words": a condition reason must start with'),
  ]);
});

test('the message has a number of bytes at most', () => {
  const message = 'é'.repeat(16 * 1024);
  expect(validateConditions([{ ...good, message }], 'c')).toEqual([]);
  expect(validateConditions([{ ...good, message: `${message}!` }], 'c').map(errorText)).toEqual([
    'c[0].message: Too long: may not be more than 32768 bytes',
  ]);
});
