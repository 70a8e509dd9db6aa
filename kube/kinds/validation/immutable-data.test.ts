import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { rememberEmpties } from '../../machinery/schema/empties.ts';
import { validateImmutableData } from './immutable-data.ts';

test('data that was given empty differs from none', () => {
  const errors = (next: object, old: object) =>
    validateImmutableData({ ...next, immutable: true }, { ...old, immutable: true }, ['data' as never]);
  expect(errors({}, {})).toEqual([]);
  const next = { immutable: true };
  rememberEmpties(next, ['data']);
  expect(validateImmutableData(next, { immutable: true }, ['data' as never]).map(errorText)).toEqual([
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
});
