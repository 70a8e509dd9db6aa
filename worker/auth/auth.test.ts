import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import type { Claims } from '../../wire/identity.ts';
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
import type { EdgeRequest } from '../env.ts';
import { locate } from '../location.ts';
import { credentials, isOwnOrigin } from './credentials.ts';
import { TokenVerifier } from './verify.ts';

async function keys(): Promise<KeySet> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return keySetFrom(JSON.stringify(await exportJWK(privateKey)));
}

/** A verifier, and the number of signatures that it has checked. */
async function countingVerifier() {
  const real = await keys();
  let checked = 0;
  const verify: KeySet['verify'] = (token, now) => {
    checked++;
    return real.verify(token, now);
  };
  return { real, verifier: new TokenVerifier({ ...real, verify }), checks: () => checked };
}

function claims(over: Partial<Claims> = {}): Claims {
  return { iss: 'islet', sub: 'islet:admin', iat: 0, exp: 1000, jti: 'a', groups: ['g'], use: 'cluster', ...over };
}

function request(headers: Record<string, string>): EdgeRequest {
  return { headers: new Headers(headers) } as unknown as EdgeRequest;
}

test('a token is verified once a minute, and never beyond its expiry', async () => {
  const { real, verifier, checks } = await countingVerifier();
  const token = await real.sign(claims({ exp: 90 }));
  for (const now of [1000, 2000, 59_000]) expect(await verifier.verify(token, now)).toBeDefined();
  expect(checks()).toBe(1);
  expect(await verifier.verify(token, 62_000)).toBeDefined();
  expect(checks()).toBe(2);
  expect(await verifier.verify(token, 91_000)).toBeUndefined();
});

test('a token that an object refused is known as refused for as long as it would have counted', async () => {
  const { real, verifier, checks } = await countingVerifier();
  const [revoked, other] = [await real.sign(claims({ exp: 9000 })), await real.sign(claims({ exp: 9000, jti: 'b' }))];
  const verified = await verifier.verify(revoked, 1000);
  if (!verified) throw new Error('not verified');
  verifier.refuse(verified, 'revoked');
  for (const now of [2000, 100_000, 8_999_000]) expect((await verifier.verify(revoked, now))?.refusal).toBe('revoked');
  expect(checks()).toBe(1);
  expect((await verifier.verify(other, 2000))?.refusal).toBeUndefined();
  expect(await verifier.verify(revoked, 9_001_000)).toBeUndefined();
});

test('the object is handed the claims', async () => {
  const real = await keys();
  const verified = await new TokenVerifier(real).verify(await real.sign(claims()), 1000);
  expect(JSON.parse(verified?.printed ?? '')).toEqual({ ...claims(), aud: 'islet' });
});

test('a bearer header goes before a subprotocol, and that before a cookie', () => {
  const here = locate('http://localhost:7444/');
  const cookie = 'x=1; islet-session-7444=c; islet-session-1=other';
  const protocol = `islet.v1, ${BEARER_SUBPROTOCOL_PREFIX}${btoa('p').replace(/=+$/, '')}`;
  expect(credentials(request({ cookie }), here)).toEqual({ token: 'c', from: 'cookie' });
  expect(credentials(request({ cookie, 'sec-websocket-protocol': protocol }), here)).toEqual({
    token: 'p',
    from: 'subprotocol',
  });
  expect(credentials(request({ cookie, authorization: 'Bearer t' }), here)).toEqual({ token: 't', from: 'header' });
  expect(credentials(request({ cookie, authorization: 'Basic t' }), here)).toBeUndefined();
});

test('the cookie of a deployment is bound to its host, and not taken for one without the prefix', () => {
  const here = locate('https://islet.example/');
  expect(credentials(request({ cookie: '__Host-islet-session=c' }), here)).toEqual({ token: 'c', from: 'cookie' });
  expect(credentials(request({ cookie: 'islet-session=c' }), here)).toBeUndefined();
});

test("another site's page has no use of the cookie", () => {
  const here = locate('http://localhost:7444/');
  expect(isOwnOrigin(request({ origin: 'http://localhost:7444' }), here)).toBe(true);
  expect(isOwnOrigin(request({}), here)).toBe(true);
  expect(isOwnOrigin(request({ origin: 'http://localhost:8080' }), here)).toBe(false);
  expect(isOwnOrigin(request({ origin: 'null' }), here)).toBe(false);
  expect(isOwnOrigin(request({ 'sec-fetch-site': 'cross-site' }), here)).toBe(false);
});
