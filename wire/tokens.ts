/**
 * Signing and verifying the service's tokens: compact ES256 JWTs (RFC 7519) of one key set (design decision 11).
 * The key set is a private JWK, or a JWKS (`{"keys": […]}`): the first key signs, all of them verify, so a key is
 * rotated by putting a new one in front.
 */
import { type CryptoKey, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import type { Claims } from './identity.ts';

const AUDIENCE = 'islet';

export interface KeySet {
  sign(claims: Claims): Promise<string>;
  /** Throws when the signature, the expiry, the issuer or the algorithm is wrong. `now` in milliseconds. */
  verify(token: string, now: number): Promise<Claims>;
  /** The public halves of the keys, as `/openid/v1/jwks` shows them. */
  readonly publicKeys: { keys: JWK[] };
}

const USES: ReadonlySet<unknown> = new Set([
  'cluster',
  'join',
  'account',
  'code',
  'session',
  'stream',
] satisfies Claims['use'][]);

/** `json` is a private JWK or JWKS as text. Throws, with a message that says so, when it is neither. */
export function keySetFrom(json: string): KeySet {
  const parsed = JSON.parse(json) as JWK | { keys: JWK[] };
  const privateKeys = 'keys' in parsed && Array.isArray(parsed.keys) ? parsed.keys : [parsed as JWK];
  const first = privateKeys[0];
  if (!first?.d) throw new Error('the signing key is no private JWK');
  const publicKeys = { keys: privateKeys.map(publicHalf) };
  const imported = new Map<string, Promise<CryptoKey>>();
  let signing: Promise<CryptoKey> | undefined;

  const verifying = (kid: string | undefined): Promise<CryptoKey> => {
    const jwk = kid === undefined ? publicKeys.keys[0] : publicKeys.keys.find((key) => key.kid === kid);
    if (!jwk) throw new Error('the token is of a key this service does not have');
    const name = jwk.kid ?? '';
    let key = imported.get(name);
    if (!key) {
      key = importJWK(jwk, 'ES256') as Promise<CryptoKey>;
      imported.set(name, key);
    }
    return key;
  };

  return {
    publicKeys,
    async sign(claims) {
      signing ??= importJWK(first, 'ES256') as Promise<CryptoKey>;
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', ...(first.kid ? { kid: first.kid } : {}) })
        .setAudience(AUDIENCE)
        .sign(await signing);
    },
    async verify(token, now) {
      const { payload } = await jwtVerify<Claims>(token, (header) => verifying(header.kid), {
        algorithms: ['ES256'],
        issuer: 'islet',
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp', 'jti'],
        currentDate: new Date(now),
      });
      if (!USES.has(payload.use) || !Array.isArray(payload.groups)) throw new Error('not a token of this service');
      return payload;
    },
  };
}

function publicHalf(jwk: JWK): JWK {
  const { kty, crv, x, y, kid } = jwk;
  return { kty, crv, x, y, ...(kid ? { kid } : {}), alg: 'ES256', use: 'sig' } as JWK;
}
