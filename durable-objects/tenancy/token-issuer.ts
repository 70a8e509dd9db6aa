/** Issues a cluster's tokens, and revokes them. */
import type { Claims } from '../../wire/identity.ts';
import type { TokenSummary } from '../../wire/rpc.ts';
import { TICKET_SECONDS } from '../../wire/stream.ts';
import type { KeySet } from '../../wire/tokens.ts';
import { adminClaims, joinClaims, nodeClaims, ticketClaims } from './claims.ts';
import type { ClusterRecord, TokenRegistry } from './token-registry.ts';

export interface TokenIssuerPorts {
  cluster: ClusterRecord;
  registry: TokenRegistry;
  keys(): KeySet;
  now(): number;
  uuid(): string;
  /** Ends streams and sockets of a token that was just revoked. */
  revoked(jti: string): void;
}

const DAY = 24 * 3600 * 1000;

export class TokenIssuer {
  readonly #ports: TokenIssuerPorts;

  constructor(ports: TokenIssuerPorts) {
    this.#ports = ports;
  }

  /**
   * Whether there are too many tokens for another kubeconfig or join token. Nodes still get theirs: they had one to
   * join with.
   */
  get isFull(): boolean {
    return this.#ports.registry.isFull(this.#ports.now());
  }

  /** A token for a kubeconfig. `by`: the credential of the account that it ends with. */
  admin(seconds?: number, by?: string): Promise<string> {
    const { id, account } = this.#ports.cluster;
    return this.#issue('admin', adminClaims(id, account, this.#stamp(), seconds), { issuer: by });
  }

  /** `ca`: see {@link joinClaims}. */
  join(seconds: number, uses: number, ca?: string): Promise<string> {
    return this.#issue('join', joinClaims(this.#ports.cluster.id, seconds, ca, this.#stamp()), { uses });
  }

  /**
   * A node token for one use of a join token; undefined when it has none left. Tokens of another machine for a node of
   * this name are revoked: the node is this machine from now on.
   */
  exchange(join: string, node: string): Promise<string> | undefined {
    const { registry, cluster, now, revoked } = this.#ports;
    if (!registry.takeJoin(join, now())) return undefined;
    for (const id of registry.revokeNode(node, now())) revoked(id);
    return this.#issue('node', nodeClaims(cluster.id, node, this.#stamp()));
  }

  /**
   * A fresh token for a node that holds a good one. The one it holds counts on, because the answer may get lost; others
   * of the node are revoked. undefined when the one it holds was revoked in the meantime. A node may ask as often as it
   * likes, and each token that was revoked is a row for as long as it would have counted: one that was issued within a
   * day is fresh enough, and is signed again.
   */
  renew(held: string, node: string): Promise<string> | undefined {
    const { registry, cluster, keys, now, revoked } = this.#ports;
    if (registry.isRevoked(held)) return undefined;
    const newest = registry.newestOfNode(node, now());
    const fresh = newest && newest.created > now() - DAY ? newest : undefined;
    for (const id of registry.revokeNode(node, now(), held, fresh?.jti)) revoked(id);
    if (!fresh) return this.#issue('node', nodeClaims(cluster.id, node, this.#stamp()));
    return keys().sign(nodeClaims(cluster.id, node, { jti: fresh.jti, now: fresh.created }));
  }

  /** A node's ticket for one stream session. It counts for seconds, so no registry has it. */
  ticket(session: string, node: string): Promise<string> {
    const { cluster, keys, now } = this.#ports;
    return keys().sign(ticketClaims(cluster.id, node, TICKET_SECONDS, { jti: session, now: now() }));
  }

  list(): TokenSummary[] {
    return this.#ports.registry.list(this.#ports.now());
  }

  /** Refuses a token of an account, and those that it has issued here. `expires` in milliseconds since the epoch. */
  refuse(id: string, expires: number): void {
    const { registry, now, revoked } = this.#ports;
    registry.refuse(id, expires, now());
    for (const each of [id, ...registry.revokeIssuedBy(id)]) revoked(each);
  }

  /** undefined when no token of this id counts. */
  revoke(id: string): TokenSummary | undefined {
    const { registry, now, revoked } = this.#ports;
    const token = registry.revoke(id, now());
    if (token) revoked(id);
    return token;
  }

  /** Another person has the cluster: no kubeconfig or join token of the one before counts. */
  endKubeconfigs(): void {
    for (const { id, kind } of this.list()) if (kind === 'admin' || kind === 'join') this.revoke(id);
  }

  #stamp(): { jti: string; now: number } {
    return { jti: this.#ports.uuid(), now: this.#ports.now() };
  }

  #issue(kind: TokenSummary['kind'], claims: Claims, more: { uses?: number; issuer?: string } = {}): Promise<string> {
    const { registry, keys, now } = this.#ports;
    const { jti, exp, node } = claims;
    registry.add({ jti, kind, created: now(), expires: exp * 1000, node, ...more });
    return keys().sign(claims);
  }
}
