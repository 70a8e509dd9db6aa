import { expect, test } from 'vitest';
import { base32 } from './base32.ts';
import { readRecoveryText, recoveryText } from './recovery-code.ts';

test('what is shown is read back, in capitals, with spaces and other dashes, too', () => {
  const code = 'abcdefgh234567ij';
  for (const account of ['default', `p-${'a2'.repeat(13)}`, 'a-b-c']) {
    const text = recoveryText(account, code);
    expect(text).toBe(`${account}-abcd-efgh-2345-67ij`);
    for (const typed of [text, ` ${text.toUpperCase()}\n`, text.replaceAll('-', ' - '), text.replaceAll('-', '–')]) {
      expect(readRecoveryText(typed)).toEqual({ account, code });
    }
  }
});

test('other texts are no codes', () => {
  for (const text of ['', 'default', 'abcd-efgh-2345-67ij', 'default-abcd-efgh-2345-1890', '-abcd-efgh-2345-67ij']) {
    expect(readRecoveryText(text)).toBeUndefined();
  }
});

test('base32 is that of RFC 4648, in lower case', () => {
  const of = (text: string) => base32(new TextEncoder().encode(text));
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(of)).toEqual([
    '',
    'my',
    'mzxq',
    'mzxw6',
    'mzxw6yq',
    'mzxw6ytb',
    'mzxw6ytboi',
  ]);
});
