import { expect, test } from 'vitest';
import { deviceCodeOf, nameOf, newSecret, newUserCode, readDeviceCode, readUserCode } from './device-codes.ts';

test('a user code is eight consonants that look like no others', () => {
  for (let i = 0; i < 100; i++) expect(newUserCode()).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  // Of bytes 240 and above 0 to 15 would come up more often than others.
  expect(newUserCode(() => new Uint8Array([255, 0, 1, 240, 2, 3, 4, 5, 19, 239, 7]))).toBe('BCDF-GHZZ');
});

test('a code is read as people type it', () => {
  for (const typed of ['BCDF-GHJK', 'bcdfghjk', ' bcdf ghjk ', 'BCDF–GHJK'.replace('–', '-')]) {
    expect(readUserCode(typed)).toBe('BCDF-GHJK');
  }
  for (const typed of ['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ACDF-GHJK', 'BCDF-GHJ0', '<b>']) {
    expect(readUserCode(typed)).toBeUndefined();
  }
});

test('a device code names its object and holds a secret of 256 bits', async () => {
  const [name, secret] = [await nameOf('BCDF-GHJK'), newSecret()];
  expect(readDeviceCode(deviceCodeOf(name, secret))).toEqual({ name, secret });
  for (const text of ['', name, `${name}.`, `${name}.${secret}x`, `../${secret}`]) {
    expect(readDeviceCode(text)).toBeUndefined();
  }
});
