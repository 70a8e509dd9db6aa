import { expect, test } from 'vitest';
import { goQuote } from './go-names.ts';

test('texts are quoted as by Go, whose control characters are not those of JSON', () => {
  const cases: Record<string, string> = {
    plain: '"plain"',
    'a"b\\c\n\t': '"a\\"b\\\\c\\n\\t"',
    '\u0000\u0001\u001f\u007f': '"\\x00\\x01\\x1f\\x7f"',
    '\u0007\b\f\v': '"\\a\\b\\f\\v"',
    '\\u0001\u0001': '"\\\\u0001\\x01"',
  };
  for (const [text, quoted] of Object.entries(cases)) expect(goQuote(text)).toBe(quoted);
});
