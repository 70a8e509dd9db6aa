/** Gives out a cluster's tokens, and takes them back. */
import type { Claims } from '../../wire/identity.ts';
import type { TokenSummary } from '../../wire/rpc.ts';
import type { KeySet } from '../../wire/tokens.ts';
import { adminClaims, joinClaims, nodeClaims } from './claims.ts';
import type { ClusterBook, ClusterRecord } from './cluster-book.ts';

export interface TokenOfficePorts {
  cluster: ClusterRecord;
  book: ClusterBook;
  keys(): KeySet;
  now(): number;
  uuid(): string;
  /** Ends what was opened with a token that counts no longer. */
  close(jti: string): void;
}

export class TokenOffice {
  readonly #ports: TokenOfficePorts;

  constructor(ports: TokenOfficePorts) {
    this.#ports = ports;
  }

  /** For a kubeconfig. */
  admin(): Promise<string> {
    const { id, account } = this.#ports.cluster;
    return this.#give('admin', adminClaims(id, account, this.#issue()));
  }

  /** `ca`: see {@link joinClaims}. */
  join(seconds: number, uses: number, ca?: string): Promise<string> {
    return this.#give('join', joinClaims(this.#ports.cluster.id, seconds, ca, this.#issue()), uses);
  }

  /** A node token, for a join token that is used up by one; undefined when nothing of it is left. */
  trade(join: string, node: string): Promise<string> | undefined {
    const { book, cluster, now } = this.#ports;
    if (!book.takeJoin(join, now())) return undefined;
    this.revokeNode(node);
    return this.#give('node', nodeClaims(cluster.id, node, this.#issue()));
  }

  /**
   * A fresh token for the node that holds a good one. The one it holds counts on, for the answer may get lost; those that
   * were given out beside it do not. undefined when it was revoked while it was asked.
   */
  renew(held: string, node: string): Promise<string> | undefined {
    const { book, cluster, now, close } = this.#ports;
    if (book.isRevoked(held)) return undefined;
    for (const id of book.revokeNode(node, now(), held)) close(id);
    return this.#give('node', nodeClaims(cluster.id, node, this.#issue()));
  }

  list(): TokenSummary[] {
    return this.#ports.book.list(this.#ports.now());
  }

  /** undefined when there is none of this id that still counts. */
  revoke(id: string): TokenSummary | undefined {
    const { book, now, close } = this.#ports;
    const revoked = book.revoke(id, now());
    if (revoked) close(id);
    return revoked;
  }

  /** The node is another machine from now on, or none. */
  revokeNode(node: string): void {
    const { book, now, close } = this.#ports;
    for (const id of book.revokeNode(node, now())) close(id);
  }

  #issue(): { jti: string; now: number } {
    return { jti: this.#ports.uuid(), now: this.#ports.now() };
  }

  #give(kind: TokenSummary['kind'], claims: Claims, uses?: number): Promise<string> {
    const { book, keys, now } = this.#ports;
    const { jti, exp, node } = claims;
    book.add({ jti, kind, created: now(), expires: exp * 1000, node, uses });
    return keys().sign(claims);
  }
}
