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
