/**
 * Tokens are checked here, before any object wakes: strangers cannot spend a tenant's money (design decision 11).
 * What was verified is remembered by the token's SHA-256 digest for at most a minute, never by the token.
 */
import type { Claims } from '../../wire/identity.ts';
import type { KeySet } from '../../wire/tokens.ts';

export interface Verified {
  claims: Claims;
  /** The claims as the object is handed them, printed once. */
  printed: string;
}

const KEPT_MS = 60_000;
const KEPT_TOKENS = 10_000;
/** Longer than any token of ours; what is longer is not worth a digest. */
const MAX_TOKEN = 8192;

export class TokenVerifier {
  readonly #keys: KeySet;
  readonly #kept = new Map<string, { until: number; verified: Verified }>();

  constructor(keys: KeySet) {
    this.#keys = keys;
  }

  /** undefined when the token is not good. `now` in milliseconds since the epoch. */
  async verify(token: string, now: number): Promise<Verified | undefined> {
    if (token.length > MAX_TOKEN) return undefined;
    const digest = await digestOf(token);
    const kept = this.#kept.get(digest);
    if (kept && kept.until > now) return kept.verified;
    let claims: Claims;
    try {
      claims = await this.#keys.verify(token, now);
    } catch {
      return undefined;
    }
    const verified = { claims, printed: JSON.stringify(claims) };
    this.#keep(digest, { until: Math.min(now + KEPT_MS, claims.exp * 1000), verified });
    return verified;
  }

  #keep(digest: string, entry: { until: number; verified: Verified }): void {
    this.#kept.delete(digest);
    this.#kept.set(digest, entry);
    if (this.#kept.size > KEPT_TOKENS) {
      const oldest = this.#kept.keys().next().value;
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
  }
}

const encoder = new TextEncoder();

async function digestOf(text: string): Promise<string> {
  const words = new Uint32Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  return String.fromCharCode(...new Uint16Array(words.buffer));
}
