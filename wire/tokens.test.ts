import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { expect, test, vi } from 'vitest';
import type { Claims } from './identity.ts';
import { accountPayload } from './service-account-tokens.ts';
import { keySetFrom } from './tokens.ts';

async function newKey(kid?: string): Promise<string> {
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

test('a key that could not be imported once is imported for the next token', async () => {
  const keys = keySetFrom(await newKey('one'));
  const fails = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(new Error('not now'));
  try {
    await expect(keys.sign(claims())).rejects.toThrow('not now');
    const token = await keys.sign(claims());
    fails.mockRejectedValueOnce(new Error('not now'));
    await expect(keys.verify(token, 1500_000)).rejects.toThrow('not now');
    expect(await keys.verify(token, 1500_000)).toMatchObject({ jti: 'a' });
  } finally {
    fails.mockRestore();
  }
});

test('a token counts at once where the clock of its issuer is ahead, and ends in time where it is behind', async () => {
  const keys = keySetFrom(await newKey('one'));
  const token = await keys.signPayload(accountPayload(ORDER));
  expect(await keys.verify(token, 941_000)).toMatchObject({ jti: 'j' });
  await expect(keys.verify(token, 939_000)).rejects.toThrow();
  expect(await keys.verify(token, 1599_999)).toMatchObject({ jti: 'j' });
  await expect(keys.verify(token, 1600_000)).rejects.toThrow('expired');
});

test('an old key without an id still verifies behind a new one with an id', async () => {
  const [old, fresh] = [await newKey(), await newKey('fresh')];
  const token = await keySetFrom(old).sign(claims());
  expect(await keySetFrom(`{"keys":[${fresh},${old}]}`).verify(token, 1500_000)).toMatchObject({ jti: 'a' });
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

const ORDER = {
  issuer: 'https://islet.example/clusters/abcdefghij',
  cluster: 'abcdefghij',
  binding: { audiences: ['api'], namespace: 'ns', account: { name: 'a', uid: 'u' } },
  jti: 'j',
  now: 1000,
  expires: 600,
};

test("a service account's token verifies, and carries its account", async () => {
  const keys = keySetFrom(await newKey('one'));
  const token = await keys.signPayload(accountPayload(ORDER));
  expect(await keys.verify(token, 1500_000)).toMatchObject({
    use: 'service-account',
    cluster: 'abcdefghij',
    serviceAccount: ORDER.binding,
  });
  await expect(keys.verify(token, 1601_000)).rejects.toThrow();
});

test('a token from the future, unsigned, of another algorithm or of no account is refused', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'one' };
  const keys = keySetFrom(JSON.stringify(jwk));
  const now = 1000_000;
  const refused = async (token: string) => expect(keys.verify(token, now)).rejects.toThrow();
  await refused(await keys.signPayload(accountPayload({ ...ORDER, now: 1100 })));
  await refused(await keys.signPayload({ ...accountPayload(ORDER), nbf: 1100 }));
  await refused(await keys.signPayload({ ...accountPayload(ORDER), iat: 1100, nbf: 900 }));
  await refused(await keys.sign(claims({ iat: 1100, exp: 9000 })));
  await refused(await keys.signPayload({ ...accountPayload(ORDER), 'kubernetes.io': {} }));
  await refused(await keys.signPayload({ ...accountPayload(ORDER), iss: 'islet' }));
  await refused(new UnsecuredJWT(accountPayload(ORDER)).encode());
  // The public key as the secret of a symmetric one.
  const secret = new TextEncoder().encode(JSON.stringify(keys.publicKeys.keys[0]));
  await refused(await new SignJWT(accountPayload(ORDER)).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret));
  const other = await generateKeyPair('ES384', { extractable: true });
  const signed = new SignJWT(accountPayload(ORDER)).setProtectedHeader({ alg: 'ES384', kid: 'one' });
  await refused(await signed.sign(other.privateKey));
});

test('a token that brings its own key, is signed on another curve, or asks for what is not known is refused', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = keySetFrom(await newKey('one'));
  const refused = async (token: string) => expect(keys.verify(token, 1000_000)).rejects.toThrow();
  const forged = (header: object, key: CryptoKey = privateKey) =>
    new SignJWT(accountPayload(ORDER)).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
  const jwk = await exportJWK(publicKey);
  await refused(await forged({}));
  await refused(await forged({ jwk }));
  await refused(await forged({ jku: 'https://example.com/keys', x5u: 'https://example.com/key' }));
  for (const kid of ['__proto__', 'constructor', '', '../one']) await refused(await forged({ kid }));
  // Signatures of P-384 under the name of the other curve.
  const wider = await generateKeyPair('ES384', { extractable: true });
  const token = await new SignJWT(accountPayload(ORDER)).setProtectedHeader({ alg: 'ES384' }).sign(wider.privateKey);
  const [, payload, signature] = token.split('.');
  const header = Buffer.from('{"alg":"ES256","kid":"one"}').toString('base64url');
  await refused(`${header}.${payload}.${signature}`);
  await refused(`${header}.${payload}.`);
  await refused(`${header}.${payload}.${'A'.repeat(86)}`);
  const good = await keys.signPayload(accountPayload(ORDER));
  const [, ownPayload, ownSignature] = good.split('.');
  for (const crit of [['exp'], ['b64'], ['x']]) {
    const critical = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', crit })).toString('base64url');
    await refused(`${critical}.${ownPayload}.${ownSignature}`);
  }
});

test('no part of a token can be changed', async () => {
  const keys = keySetFrom(await newKey('one'));
  const token = await keys.signPayload(accountPayload(ORDER));
  // The last character holds two bits of the signature, and four of nothing.
  const place = fc.nat(token.length - 2);
  await fc.assert(
    fc.asyncProperty(place, fc.constantFrom('A', 'z', '.', '-', '=', ''), async (at, put) => {
      const changed = token.slice(0, at) + put + token.slice(at + 1);
      if (changed !== token) await expect(keys.verify(changed, 1500_000)).rejects.toThrow();
    }),
    { numRuns: 60 },
  );
});

test('claims of other types are those of no account', async () => {
  const keys = keySetFrom(await newKey('one'));
  const odd = [[], 'x', 1, { namespace: 'ns' }, { namespace: 'ns', serviceaccount: [] }, { namespace: {}, pod: null }];
  for (const claim of odd) {
    const token = await keys.signPayload({ ...accountPayload(ORDER), 'kubernetes.io': claim });
    await expect(keys.verify(token, 1500_000)).rejects.toThrow('not a token of this service');
  }
});
