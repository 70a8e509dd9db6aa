import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exceedsUtf8 } from './utf8-size.ts';

test('texts exceed every limit below their bytes, and no other', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\ud83d') });
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const bytes = texts.reduce((sum, one) => sum + new TextEncoder().encode(one).length, 0);
      for (let limit = -1; limit <= bytes + 1; limit++) expect(exceedsUtf8(texts, limit)).toBe(bytes > limit);
    }),
  );
});
