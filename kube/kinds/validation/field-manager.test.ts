import { expect, test } from 'vitest';
import { validateFieldManager } from './field-manager.ts';

test('each character that cannot be printed is told, of a long name as many as there is room for', () => {
  expect(validateFieldManager('a\u0001b\u0002', 'f')).toHaveLength(2);
  for (const length of [5000, 1_000_000]) {
    const errors = validateFieldManager('\u0001'.repeat(length), 'f');
    expect(errors.length).toBeLessThan(12);
    expect(errors.at(1)?.detail).toBe('invalid character U+0001 (at position 0)');
  }
});

test('of ASCII, control characters alone cannot be printed', () => {
  const told = Array.from({ length: 128 }, (_, code) => code).filter(
    (code) => validateFieldManager(`a${String.fromCharCode(code)}`, 'f').length > 0,
  );
  expect(told).toEqual([...Array.from({ length: 32 }, (_, code) => code), 127]);
});

test('a name is measured in bytes', () => {
  const errorsOf = (name: string) => validateFieldManager(name, 'f').map(({ type }) => type);
  expect(errorsOf('a'.repeat(128))).toEqual([]);
  expect(errorsOf('a'.repeat(129))).toEqual(['FieldValueTooLong']);
  expect(errorsOf('é'.repeat(64))).toEqual([]);
  expect(errorsOf('é'.repeat(65))).toEqual(['FieldValueTooLong']);
});
