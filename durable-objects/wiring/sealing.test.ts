import { expect, test } from 'vitest';
import { sealerOf } from './sealing.ts';

const KEY = 'secrets/default/db';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const key = (fill: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));

test('a key is replaced by putting the new one before it', () => {
  const sealed = sealerOf(key(1), random).seal(KEY, 'hunter2');
  const rotated = sealerOf(`${key(2)}, ${key(1)}`, random);
  expect(rotated.open(KEY, sealed)).toBe('hunter2');
  const again = rotated.seal(KEY, 'hunter2');
  expect(sealerOf(key(2), random).open(KEY, again)).toBe('hunter2');
  expect(() => sealerOf(key(1), random).open(KEY, again)).toThrow(/key "[0-9a-f]{8}", which was not configured/);
});

test('what is no key is refused', () => {
  expect(() => sealerOf('not base64!', random)).toThrow('is no base64');
  expect(() => sealerOf(btoa('short'), random)).toThrow('must have 32 bytes, not 5');
});
