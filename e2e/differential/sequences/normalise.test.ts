import { expect, test } from 'vitest';
import { collapsed } from './normalise.ts';

test('structs within an error are left out, to their end', () => {
  const text = 'a: Invalid value: {"a":[{"b":"}\\"]"}]}: no, b: Duplicate value: [{"c":1}], c: Invalid value: "{x": no';
  expect(collapsed(text)).toBe('a: Invalid value: {…}: no, b: Duplicate value: {…}, c: Invalid value: "{x": no');
  expect(collapsed('spec: Invalid value: null: either')).toBe('spec: Invalid value: {…}: either');
  expect(collapsed('x is invalid: patch: Invalid value: "{\\"a\\":1}": bad')).toBe(
    'x is invalid: patch: Invalid value: {…}: bad',
  );
});
