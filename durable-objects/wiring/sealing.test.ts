import { expect, test } from 'vitest';
import { reporting, sealerOf } from './sealing.ts';

const KEY = 'secrets/default/db';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const key = (fill: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));

test('a key is replaced by putting the new one before it', () => {
  const sealed = sealerOf(key(1), random).seal(KEY, 'hunter2');
  const rotated = sealerOf(`${key(2)}, ${key(1)}`, random);
  expect(rotated.open(KEY, sealed)).toBe('hunter2');
  const again = rotated.seal(KEY, 'hunter2');
  expect(sealerOf(key(2), random).open(KEY, again)).toBe('hunter2');
  expect(() => sealerOf(key(1), random).open(KEY, again)).toThrow(/key "[0-9a-f]{8}", which is not configured/);
});

test('with a malformed key nothing is sealed and nothing opened', () => {
  expect(() => sealerOf('not base64!', random).seal(KEY, 'a')).toThrow('is no base64');
  expect(() => sealerOf(btoa('short'), random).seal(KEY, 'a')).toThrow('must have 32 bytes, not 5');
  expect(() => sealerOf('', random).open(KEY, 'a')).toThrow('must have 32 bytes, not 0');
});

test('that Secrets cannot be opened is reported once', () => {
  const sealed = sealerOf(key(1), random).seal(KEY, 'hunter2');
  const reported: string[] = [];
  const sealer = reporting(sealerOf(key(2), random), (problem) => reported.push(problem));
  for (let count = 0; count < 3; count++) expect(() => sealer.open(KEY, sealed)).toThrow('not configured');
  expect(reported).toEqual([
    expect.stringMatching(/^secrets\/default\/db: it is sealed with key .* ISLET_SEALING_KEY/),
  ]);
});
