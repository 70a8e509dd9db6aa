/**
 * Authentication inside the cluster (apiserver `pkg/authentication/authenticator`, `request/union`). The edge has
 * verified signature and expiry; an authenticator makes the user of the claims, and knows what the token is bound to.
 */
import type { Claims } from '../../../wire/identity.ts';
import type { Credential, UserInfo } from '../request.ts';

export type Authenticated =
  | { ok: true; user: UserInfo; audiences: readonly string[]; credential: Credential }
  /** `isFinal`: the token will never count again, so the edge need not ask again. */
  | { ok: false; isFinal: boolean };

/** One authenticator of the chain; undefined: the token is of another kind. */
export type Authenticator = (claims: Claims) => Authenticated | undefined;

/** The first authenticator that knows the kind of token decides. */
export function authenticatorChain(chain: readonly Authenticator[]): (claims: Claims) => Authenticated {
  return (claims) => {
    for (const authenticator of chain) {
      const authenticated = authenticator(claims);
      if (authenticated) return authenticated;
    }
    return { ok: false, isFinal: false };
  };
}
