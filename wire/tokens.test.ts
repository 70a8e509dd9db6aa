import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import type { Claims } from './identity.ts';
import { keySetFrom } from './tokens.ts';

async function newKey(kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid });
}

function claims(over: Partial<Claims> = {}): Claims {
  return { iss: 'islet', sub: 'islet:admin', iat: 1000, exp: 2000, jti: 'a', groups: [], use: 'cluster', ...over };
}

test('a token verifies until it expires, and not one second longer', async () => {
  const keys = keySetFrom(await newKey('one'));
  const token = await keys.sign(claims());
  expect(await keys.verify(token, 1999_000)).toMatchObject({ sub: 'islet:admin', use: 'cluster' });
  await expect(keys.verify(token, 2001_000)).rejects.toThrow();
});

test('a rotated key still verifies, a foreign one does not', async () => {
  const [old, fresh, foreign] = [await newKey('old'), await newKey('fresh'), await newKey('old')];
  const token = await keySetFrom(old).sign(claims());
  const rotated = keySetFrom(`{"keys":[${fresh},${old}]}`);
  expect(await rotated.verify(token, 1500_000)).toMatchObject({ jti: 'a' });
  await expect(keySetFrom(foreign).verify(token, 1500_000)).rejects.toThrow();
  await expect(keySetFrom(fresh).verify(token, 1500_000)).rejects.toThrow('does not have');
});

test('the public key set holds no private half', async () => {
  expect(JSON.stringify(keySetFrom(await newKey('one')).publicKeys)).not.toContain('"d"');
});

test('an unknown use is refused', async () => {
  const keys = keySetFrom(await newKey('one'));
  const token = await keys.sign(claims({ use: 'root' as Claims['use'] }));
  await expect(keys.verify(token, 1500_000)).rejects.toThrow();
});
