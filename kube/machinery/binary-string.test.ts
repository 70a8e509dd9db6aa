import { expect, test } from 'vitest';
import { binaryString } from './binary-string.ts';

test.each([0, 1, 0x1fff, 0x2000, 0x2001, 300_000])('%i bytes are as many characters of the same numbers', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => at % 256);
  expect(Uint8Array.from(binaryString(bytes), (character) => character.charCodeAt(0))).toEqual(bytes);
});
