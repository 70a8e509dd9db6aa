import { expect, test } from 'vitest';
import { aesGcmSealer, type SealingKey } from './aes-gcm-sealer.ts';
import { plainSealer } from './sealer.ts';

const KEY = 'secrets/default/db';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const key = (id: string, fill: number): SealingKey => ({ id, secret: new Uint8Array(32).fill(fill) });
const old = aesGcmSealer([key('2025', 1)], random);

test('sealed text opens again, and never looks the same twice', () => {
  const [one, two] = [old.seal(KEY, 'gürteltier'), old.seal(KEY, 'gürteltier')];
  expect(old.open(KEY, one)).toBe('gürteltier');
  expect(one).not.toEqual(two);
});

test('a value that was changed, or belongs to another key, does not open', () => {
  const sealed = old.seal(KEY, 'hunter2') as Uint8Array;
  expect(() => old.open('secrets/default/other', sealed)).toThrow();
  const changed = sealed.slice();
  changed[changed.length - 1]! ^= 1;
  expect(() => old.open(KEY, changed)).toThrow();
});

test('keys rotate: new values use the first, old ones open while theirs is known', () => {
  const rotated = aesGcmSealer([key('2026', 2), key('2025', 1)], random);
  const next = aesGcmSealer([key('2026', 2)], random);
  expect(rotated.open(KEY, old.seal(KEY, 'a'))).toBe('a');
  expect(next.open(KEY, rotated.seal(KEY, 'b'))).toBe('b');
  expect(() => next.open(KEY, old.seal(KEY, 'a'))).toThrow('sealed with key "2025", which is not configured');
});

test('text from before sealing began opens; sealed values do not pass for text', () => {
  expect(old.open(KEY, plainSealer.seal(KEY, 'plain'))).toBe('plain');
  expect(() => plainSealer.open(KEY, old.seal(KEY, 'x'))).toThrow('no sealing key is configured');
});

test('a key of the wrong length, or an id used twice, is refused at once', () => {
  expect(() => aesGcmSealer([{ id: 'short', secret: new Uint8Array(16) }], random)).toThrow('must have 32 bytes');
  expect(() => aesGcmSealer([key('a', 1), key('a', 2)], random)).toThrow('two sealing keys have one id');
});
