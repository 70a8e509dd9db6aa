/**
 * Signing and verifying the service's tokens: compact ES256 JWTs (RFC 7519) of one key set.
 * The key set is a private JWK, or a JWKS (`{"keys": […]}`): the first key signs, all of them verify, so a key is
 * rotated by putting a new one in front.
 */
import { type CryptoKey, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { keptUnlessRejected } from '../kube/machinery/kept-promise.ts';
import type { Claims, TokenUse } from './identity.ts';
import { readAccountPayload } from './service-account-tokens.ts';

const AUDIENCE = 'islet';
/** Clocks of a service's machines differ by this much at most, in seconds (go-jose DefaultLeeway). */
const LEEWAY = 60;

export interface KeySet {
  sign(claims: Claims): Promise<string>;
  /** A token with just these claims, as a service account's is. */
  signPayload(payload: JWTPayload): Promise<string>;
  /** Throws when the signature, a time, the issuer or the algorithm is wrong. `now` in milliseconds. */
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
  'challenge',
  'link',
  'offer',
  'oidc',
  'forward-ticket',
  'forward',
] satisfies TokenUse[]);

/** `json` is a private JWK or JWKS as text. Throws, with a message that says so, when it is neither. */
export function keySetFrom(json: string): KeySet {
  const parsed = JSON.parse(json) as JWK | { keys: JWK[] };
  const privateKeys = 'keys' in parsed && Array.isArray(parsed.keys) ? parsed.keys : [parsed as JWK];
  const first = privateKeys[0];
  if (!first?.d) throw new Error('the signing key is no private JWK');
  const publicKeys = { keys: privateKeys.map(publicHalf) };
  const imported = new Map<string, Promise<CryptoKey>>();
  const signing = new Map<'key', Promise<CryptoKey>>();

  const verifying = (kid: string | undefined): Promise<CryptoKey> => {
    // A token without an id is of the key without one, be that the newest or an older one.
    const jwk = publicKeys.keys.find((key) => key.kid === kid);
    if (!jwk) throw new Error('the token is of a key this service does not have');
    const name = jwk.kid ?? '';
    return keptUnlessRejected(imported, name, () => importJWK(jwk, 'ES256') as Promise<CryptoKey>);
  };

  const sign = async (payload: JWTPayload): Promise<string> => {
    const key = await keptUnlessRejected(signing, 'key', () => importJWK(first, 'ES256') as Promise<CryptoKey>);
    const header = { alg: 'ES256', ...(first.kid ? { kid: first.kid } : {}) };
    return new SignJWT(payload).setProtectedHeader(header).sign(key);
  };

  return {
    publicKeys,
    sign: (claims) => sign({ ...claims, aud: AUDIENCE }),
    signPayload: sign,
    async verify(token, now) {
      const { payload } = await jwtVerify<Claims>(token, (header) => verifying(header.kid), {
        algorithms: ['ES256'],
        currentDate: new Date(now),
        clockTolerance: LEEWAY,
      });
      const seconds = now / 1000;
      // A token ends in time on every clock: the leeway is for those that are just beginning.
      if ((payload.exp ?? Number.POSITIVE_INFINITY) <= seconds) throw new Error('the token has expired');
      if ((payload.iat ?? 0) > seconds + LEEWAY) throw new Error('the token is issued in the future');
      if (payload.iss !== 'islet') {
        const claims = readAccountPayload(payload, token.slice(token.lastIndexOf('.') + 1));
        if (!claims) throw new Error('not a token of this service');
        return claims;
      }
      const { use, groups, aud, sub, exp, jti } = payload;
      const isWhole = typeof sub === 'string' && typeof exp === 'number' && typeof jti === 'string';
      if (!isWhole || aud !== AUDIENCE || !USES.has(use) || !Array.isArray(groups)) {
        throw new Error('not a token of this service');
      }
      return payload;
    },
  };
}

function publicHalf(jwk: JWK): JWK {
  const { kty, crv, x, y, kid } = jwk;
  return { kty, crv, x, y, ...(kid ? { kid } : {}), alg: 'ES256', use: 'sig' } as JWK;
}
