/**
 * Watches, sockets and streams stay open for as long as they like, but never longer than the token that opened them:
 * they end when it expires, by a timer row that survives the object's sleep, and when it is revoked. Each kind of
 * long-lived thing has one closer here.
 */
import type { Credential } from '../apiserver/request.ts';
import type { TimerPort } from '../controllers/runtime/ports.ts';

export const CREDENTIAL_TIMER = 'credential/';
export const EXPIRED = 'the token has expired';
export const REVOKED = 'the token was revoked';

export interface LifetimePorts {
  /** Timer rows whose ids begin with {@link CREDENTIAL_TIMER}. */
  timers: TimerPort;
  now(): number;
  isRevoked(id: string): boolean;
  /** Ends sockets, watches and streams of this token. */
  close(id: string, reason: string): void;
}

/** Ids of tokens whose timer is known to be set; beyond this many they are looked up again. */
const MAX_KNOWN = 10_000;
const BATCH = 1000;

export class CredentialLifetime {
  readonly #ports: LifetimePorts;
  readonly #known = new Set<string>();

  constructor(ports: LifetimePorts) {
    this.#ports = ports;
  }

  /** The reason why a token counts no longer; undefined while it does. */
  ended({ id, expires }: Credential): string | undefined {
    if (this.#ports.isRevoked(id)) return REVOKED;
    return expires <= this.#ports.now() ? EXPIRED : undefined;
  }

  /** Something that stays open was opened with this token. */
  opened({ id, expires }: Credential): void {
    if (this.#known.has(id)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#ports.timers.set(CREDENTIAL_TIMER + id, expires);
    this.#known.add(id);
  }

  revoked(id: string): void {
    this.#forget(id);
    this.#ports.timers.clear(CREDENTIAL_TIMER + id);
    this.#ports.close(id, REVOKED);
  }

  alarm(now: number): void {
    for (const { id } of this.#ports.timers.takeDue(now, BATCH)) {
      const token = id.slice(CREDENTIAL_TIMER.length);
      this.#forget(token);
      this.#ports.close(token, EXPIRED);
    }
  }

  #forget(id: string): void {
    this.#known.delete(id);
  }
}
