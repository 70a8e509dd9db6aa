import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import type { Claims } from '../../wire/identity.ts';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
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

test('a refusal counts also where a check of the same token ends after it', async () => {
  const { real, verifier } = await countingVerifier();
  const token = await real.sign(claims({ exp: 9000 }));
  const [first, second] = [verifier.verify(token, 1000), verifier.verify(token, 1000)];
  const verified = await first;
  if (!verified) throw new Error('not verified');
  verifier.refuse(verified, 'revoked');
  await second;
  expect((await verifier.verify(token, 2000))?.refusal).toBe('revoked');
});

test('the object is handed the claims', async () => {
  const real = await keys();
  const verified = await new TokenVerifier(real).verify(await real.sign(claims()), 1000);
  expect(JSON.parse(verified?.printed ?? '')).toEqual({ ...claims(), aud: 'islet' });
});

test('of long tokens fewer are kept, good ones and refused ones', async () => {
  let checked = 0;
  const verify = async (token: string): Promise<Claims> => {
    checked++;
    return claims({ jti: token });
  };
  const verifier = new TokenVerifier({ ...(await keys()), verify } as unknown as KeySet);
  const long = (at: number) => String(at).padStart(7000, 'x');
  for (const refuses of [false, true]) {
    for (let at = 0; at < 1000; at++) {
      const verified = await verifier.verify(long(at), 1000);
      if (refuses && verified) verifier.refuse(verified, 'revoked');
    }
    checked = 0;
    await verifier.verify(long(999), 1000);
    expect(checked).toBe(0);
    await verifier.verify(long(0), 1000);
    expect(checked).toBe(1);
  }
});

test('a token longer than any of ours is not looked at', async () => {
  const { real, verifier, checks } = await countingVerifier();
  const huge = await real.sign(claims({ groups: Array.from({ length: 5000 }, (_, at) => `group-${at}`) }));
  expect(await verifier.verify(huge, 1000)).toBeUndefined();
  expect(checks()).toBe(0);
});
