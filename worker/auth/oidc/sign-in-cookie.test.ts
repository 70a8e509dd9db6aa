import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PendingSignIn } from '../../../wire/identity.ts';
import { keySetFrom } from '../../../wire/tokens.ts';
import { isSessionCookie } from '../credentials.ts';
import { signInCookie, signInOf } from './sign-in-cookie.ts';

const NOW = Date.UTC(2026, 0, 1);
const HERE = { secure: true, host: 'islet.example', path: '/', query: '' };
const newKeys = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return keySetFrom(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256' }));
};
const keys = newKeys();
const PENDING: PendingSignIn = { provider: 'google', nonce: 'n', verifier: 'v', return: '/', purpose: 'sign-in' };

const cookie = async (by = keys) => (await signInCookie(HERE, by, 'state', PENDING, NOW)).split(';')[0] ?? '';

test('a sign-in comes back with its browser for ten minutes', async () => {
  const header = await signInCookie(HERE, keys, 'state', PENDING, NOW);
  expect(header).toMatch(/^__Host-islet-oidc=\S+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/);
  const found = await signInOf(`a=b; ${await cookie()}`, HERE, keys, NOW + 599_000);
  expect(found).toEqual({ ...PENDING, state: 'state', expires: NOW + 600_000 });
  expect(await signInOf(await cookie(), HERE, keys, NOW + 601_000)).toBeUndefined();
});

test('none is made up: another key, another kind of token, nothing at all', async () => {
  const claims = { iss: 'islet', sub: 's', iat: NOW / 1000, exp: NOW / 1000 + 60, jti: 'state', groups: [] };
  const session = await keys.sign({ ...claims, use: 'session', account: 'ada' });
  for (const header of [null, '', await cookie(newKeys()), `__Host-islet-oidc=${session}`, '__Host-islet-oidc=x']) {
    expect(await signInOf(header, HERE, keys, NOW)).toBeUndefined();
  }
});

test('it is kept from servers of clusters, as a session is', async () => {
  expect(isSessionCookie(await cookie())).toBe(true);
  expect(isSessionCookie('islet-oidc-7444=x')).toBe(true);
  expect(isSessionCookie('islet-other=x')).toBe(false);
});
