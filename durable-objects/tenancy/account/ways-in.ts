/**
 * Rules for all ways into an account: it keeps one, and only a person who has just signed in changes them, since
 * each outlives the session.
 */
import type { AccountKind } from '../../../wire/account-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import { refuse } from '../account-clusters.ts';

interface WaysInPorts {
  kind(): AccountKind;
  /** Whether the session's person signed in a moment ago. */
  isFresh(credential: string): boolean;
  /** Whether it is a session that the account's first token has just begun. */
  isJustOpened(credential: string): boolean;
  /** Whether it is a session that came of no other credential. */
  isSignIn(credential: string): boolean;
}

const NOT_FRESH = 'sign in again first: ways of signing in can be changed within 15 minutes after that';
const LAST = 'this is the last way to sign in to this account: add another one first';

export class WaysIn {
  readonly #ports: WaysInPorts;
  readonly #kinds: { count(): number; removeAll(): void }[] = [];

  constructor(ports: WaysInPorts) {
    this.#ports = ports;
  }

  /** Each kind of way that a person may sign in by again and again. */
  add(kind: { count(): number; removeAll(): void }): void {
    this.#kinds.push(kind);
  }

  /**
   * The answer to a credential that may not add or remove one. The account of a visitor has no other way in than the
   * session, so that session may add the first.
   */
  refuses(credential: string): Result<never> | undefined {
    const { kind, isFresh, isJustOpened, isSignIn } = this.#ports;
    const may = {
      visitor: () => isSignIn(credential) && this.#count === 0,
      person: () => false,
      bootstrap: () => isJustOpened(credential),
    };
    if (isFresh(credential) || may[kind()]()) return undefined;
    return askToSignIn(NOT_FRESH);
  }

  /** The bootstrap secret always leads to an account that it has opened. */
  refusesToRemoveOne(): Result<never> | undefined {
    return this.#ports.kind() !== 'bootstrap' && this.#count <= 1 ? refuse('Conflict', LAST) : undefined;
  }

  /** Of an account that begins anew. */
  removeAll(): void {
    for (const kind of this.#kinds) kind.removeAll();
  }

  get #count(): number {
    return this.#kinds.reduce((sum, kind) => sum + kind.count(), 0);
  }
}

/** The reason in the details of an answer that asks for another sign-in. */
const SIGN_IN_AGAIN = 'SignInAgain';

export function askToSignIn(message: string): Result<never> {
  const { status } = refuse('Forbidden', message);
  return { ok: false, status: { ...status, details: { causes: [{ reason: SIGN_IN_AGAIN, message }] } } };
}
