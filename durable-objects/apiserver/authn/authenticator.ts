/**
 * Authentication inside the cluster (apiserver `pkg/authentication/authenticator`, `request/union`). The edge has
 * verified signature and expiry; an authenticator makes the user of the claims, and knows what the token is bound to.
 */
import type { Claims } from '../../../wire/identity.ts';
import type { Credential, UserInfo } from '../request.ts';

export type Authenticated =
  | { ok: true; user: UserInfo; audiences: readonly string[]; credential: Credential }
  /**
   * `isFinal`: the token will never count again, so the edge need not ask again. `why`: as a TokenReview says it.
   * `isStrange`: the token counts, and not here.
   */
  | { ok: false; isFinal: boolean; why?: string; isStrange?: true };

/** A TokenReview's question. A request of its own asks none: its token must be for the API. */
export interface TokenQuestion {
  /** The audience of the API as the reviewer calls it. */
  issuer: string;
  /** Empty for those of the API. */
  audiences: readonly string[];
}

/** An authenticator of the chain; it answers undefined for a token of another kind. */
export type Authenticator = (claims: Claims, question?: TokenQuestion) => Authenticated | undefined;

/** The first authenticator that knows the kind of token decides. */
export function authenticatorChain(
  chain: readonly Authenticator[],
): (...asked: Parameters<Authenticator>) => Authenticated {
  return (claims, question) => {
    for (const authenticator of chain) {
      const authenticated = authenticator(claims, question);
      if (authenticated) return authenticated;
    }
    return { ok: false, isFinal: false };
  };
}

/** Audiences of a token that are also wanted, in the token's order. */
export function commonAudiences(own: readonly string[], wanted: readonly string[]): string[] {
  return own.filter((audience) => wanted.includes(audience));
}
