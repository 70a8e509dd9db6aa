/** The interface of clusters to accounts over the runtime's RPC. Plain data only. */
import type { Status } from '../kube/machinery/status.ts';
import type { ClusterIdentity } from './cluster-life-rpc.ts';
import type { Callable } from './rpc-call.ts';
import type { LinkKind, LinkOffer, Role } from './sharing.ts';

/** Errors are answers: an exception loses its fields on the way. */
export type Result<T> = { ok: true; value: T } | { ok: false; status: Status };

/** Parts of a cluster's control plane that a cluster can be created without, so that others take their place. */
export const COMPONENTS = ['controllers', 'scheduler'] as const;
export type Component = (typeof COMPONENTS)[number];

/** The properties that a cluster is created with. */
export interface ClusterSpec {
  simulatedNodes: number;
  /** Empty for a whole control plane. */
  without: readonly Component[];
}

export interface ClusterSummary {
  id: string;
  name: string;
  /** RFC 3339. */
  created: string;
  /** The parts of a control plane that the cluster was created without; absent for a whole one. */
  without?: readonly Component[];
  /** The role of a member; absent for the owner. */
  role?: Role;
}

/** A cluster that was deleted, and can be had back. */
export interface DeletedCluster {
  id: string;
  /** The name that it had: another cluster may have it by now. */
  name: string;
  created: string;
  without: readonly Component[];
  /** RFC 3339: it is destroyed then. */
  until: string;
}

/** A token that opens a cluster, without the token itself. */
export interface TokenSummary {
  /** The token's `jti`. */
  id: string;
  /** `admin`: a kubeconfig's. `member`: a member's kubeconfig's. `join`: turns a machine into a node. `node`: a node's own. */
  kind: 'admin' | 'member' | 'join' | 'node';
  /** The token's node. */
  node?: string;
  /** RFC 3339. */
  created: string;
  expires: string;
  /** The number of machines that can still join with it. */
  uses?: number;
}

export interface NewCluster {
  id: string;
  name: string;
  token: string;
}

/** The link that a cluster was copied by, and its cluster. */
export interface Origin {
  cluster: string;
  link: string;
}

export interface ReportedProgress {
  account: string;
  /** The name of the account's person. */
  name: string;
  lesson: string;
  done: number;
  steps: number;
}

export interface ClusterRpc extends Callable {
  /** Makes the storage a cluster: system namespaces, the `kubernetes` Service, simulated nodes. Idempotent. */
  initialise(cluster: ClusterIdentity & ClusterSpec): Promise<void>;
  /**
   * A fresh token of the administrator, for a year where no `seconds` are given; undefined when the storage is no
   * cluster. `by`: the credential of the account that it ends with.
   */
  adminToken(request?: { seconds?: number; by?: string }): Promise<Result<string> | undefined>;
  /**
   * Refuses tokens of the account from now on, and those that were issued `by` them, and ends what they opened.
   * `expires` in milliseconds since the epoch.
   */
  refuseTokens(tokens: { id: string; expires: number }[]): Promise<void>;
  /** The offer of a link, before it is accepted. `link` is the id of a verified link. */
  offerLink(request: { link: string }): Promise<Result<LinkOffer>>;
  /**
   * Makes the account a member. The cluster's name, and the role that the account has from now on; `copy` where the
   * link gives a copy instead, which the account makes.
   */
  acceptLink(request: {
    link: string;
    account: string;
    name: string;
  }): Promise<Result<{ name: string; role: LinkKind }>>;
  /** The cluster is a copy that a link of another gave: that one is told how far its lesson comes. */
  setOrigin(request: Origin): Promise<void>;
  /** From a copy that a link of this cluster gave. */
  reportProgress(request: ReportedProgress & { link: string }): Promise<void>;
  /** From a copy that a link of this cluster gave: it is another account's by now, which came by the link in effect. */
  copyMoved(request: { link: string; from: string; to: string }): Promise<void>;
  /** A member leaves by themself. */
  leave(request: { account: string }): Promise<void>;
  /** A fresh token for a member's kubeconfig. */
  memberToken(request: { account: string; seconds?: number; by?: string }): Promise<Result<string>>;
  /** `ClusterLifeRpc`, through `rpcOf`. */
  call(method: string, request: unknown): Promise<unknown>;
  /** `to` is a member in place of `from`: with its role, or a greater one of its own. undefined where it is none then. */
  succeed(request: { from: string; to: string }): Promise<{ name: string; role: Role } | undefined>;
  /**
   * The cluster is `to`'s from now on, under this name, where it was `from`'s; what `tokens` of the account before have
   * open ends. Idempotent. `elsewhere`: it is another account's by now. `toOther`: to another person, so kubeconfigs,
   * links and join tokens that the one before may hold end; without it, all count on.
   */
  moveTo(request: {
    from: string;
    to: string;
    name: string;
    tokens: string[];
    toOther?: boolean;
  }): Promise<'moved' | 'elsewhere' | 'gone'>;
  /** Closes every socket and forgets everything. */
  destroy(): Promise<void>;
}
