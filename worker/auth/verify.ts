/**
 * Tokens are checked here, before any object wakes: strangers cannot spend a tenant's money.
 * Verified tokens are remembered by their SHA-256 digest for at most a minute, never by the token. That an object
 * refused a token for good is remembered for as long as the token would have counted: it wakes no object again.
 */
import type { Claims, Refusal } from '../../wire/identity.ts';
import type { KeySet } from '../../wire/tokens.ts';

export interface Verified {
  claims: Claims;
  /** The claims as the object is handed them, printed once. */
  printed: string;
  /** SHA-256 of the token. */
  digest: string;
  /** An object refused it. */
  refusal?: Refusal;
}

const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;
/** Characters of the claims that are kept: a cluster may issue thousands of tokens, each with long audiences. */
const MAX_SIZE = 4 * 1024 * 1024;
/** Longer than any token of ours; longer texts are not worth a digest. */
const MAX_TOKEN = 8192;

export class TokenVerifier {
  readonly #keys: KeySet;
  readonly #kept = new ExpiringMap();
  readonly #refused = new ExpiringMap();

  constructor(keys: KeySet) {
    this.#keys = keys;
  }

  /** undefined when the token is not good. `now` in milliseconds since the epoch. */
  async verify(token: string, now: number): Promise<Verified | undefined> {
    if (token.length > MAX_TOKEN) return undefined;
    const digest = await digestOf(token);
    // A check that began before a refusal may end after it, and keep the token as a good one.
    const known = this.#refused.get(digest, now) ?? this.#kept.get(digest, now);
    if (known) return known;
    let claims: Claims;
    try {
      claims = await this.#keys.verify(token, now);
    } catch {
      return undefined;
    }
    const verified = { claims, printed: JSON.stringify(claims), digest };
    this.#kept.set(digest, verified, Math.min(now + KEPT_MS, claims.exp * 1000));
    return verified;
  }

  /** An object has refused the token for good. */
  refuse(verified: Verified, refusal: Refusal): void {
    const { digest, claims } = verified;
    // Other requests may hold the object in #kept.
    this.#kept.delete(digest);
    this.#refused.set(digest, { ...verified, refusal }, claims.exp * 1000);
  }
}

/** Of all claims that are kept, the ones that were kept longest ago go first. */
class ExpiringMap {
  readonly #entries = new Map<string, { until: number; verified: Verified }>();
  /** Characters of their claims. */
  #size = 0;

  get(digest: string, now: number): Verified | undefined {
    const entry = this.#entries.get(digest);
    return entry && entry.until > now ? entry.verified : undefined;
  }

  set(digest: string, verified: Verified, until: number): void {
    this.delete(digest);
    this.#entries.set(digest, { until, verified });
    this.#size += verified.printed.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= MAX_SIZE && this.#entries.size <= MAX_KEPT) return;
      this.delete(oldest);
    }
  }

  delete(digest: string): void {
    const entry = this.#entries.get(digest);
    if (!entry) return;
    this.#entries.delete(digest);
    this.#size -= entry.verified.printed.length;
  }
}

const encoder = new TextEncoder();

async function digestOf(text: string): Promise<string> {
  const words = new Uint32Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  return String.fromCharCode(...new Uint16Array(words.buffer));
}
