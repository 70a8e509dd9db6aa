import { expect, test } from 'vitest';
import { errorText } from '../../../machinery/field-error.ts';
import { amount } from '../../validation/int-or-percent.ts';
import { validateEnvFrom } from './env.ts';

test('the name of a source of variables may end with a dash, as upstream judges it like one that is completed', () => {
  const errors = (name: string) => validateEnvFrom([{ configMapRef: { name } }], 'f').map(errorText);
  expect(errors('web-')).toEqual([]);
  expect(errors('-web')).toEqual([
    expect.stringMatching(/^f\[0\]\.configMapRef\.name: Invalid value: "-web": a lowercase RFC 1123 subdomain/),
  ]);
});

test('a text that is refused for being a number counts as that number', () => {
  expect(['5', '50%', 'x', '5%x'].map(amount)).toEqual([5, 50, 0, 0]);
});
