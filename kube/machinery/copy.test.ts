import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyJson } from './copy.ts';

test('a copy prints as the value it is of, and shares no part with it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      const copy = copyJson(value);
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      spoil(copy);
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('a member of the name __proto__ is copied as a member', () => {
  const text = '{"__proto__":{"a":{"b":1}},"c":{"__proto__":2}}';
  const copy = copyJson(JSON.parse(text));
  expect([JSON.stringify(copy), Object.getPrototypeOf(copy) === Object.prototype]).toEqual([text, true]);
});

/** Changes every object and list of a value. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) spoil(part);
  if (Array.isArray(value)) value.push('spoilt');
  else (value as Record<string, unknown>).spoilt = true;
}
