/**
 * The interface of account objects to the edge, and of clusters to accounts, over the runtime's RPC. Plain data only.
 */
import type { Status } from '../kube/machinery/status.ts';

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
}

/** A token that opens a cluster, without the token itself. */
export interface TokenSummary {
  /** The token's `jti`. */
  id: string;
  /** `admin`: a kubeconfig's. `join`: turns a machine into a node. `node`: a node's own. */
  kind: 'admin' | 'join' | 'node';
  /** The token's node. */
  node?: string;
  /** RFC 3339. */
  created: string;
  expires: string;
  /** The number of machines that can still join with it. */
  uses?: number;
}

/** A token of an account, or the session of a dashboard, without the token itself. */
export interface AccountCredential {
  /** The token's `jti`. */
  id: string;
  kind: 'token' | 'session';
  /** RFC 3339. */
  created: string;
  expires: string;
  /** The id of the token that it was issued with, and ends with. */
  issuer?: string;
}

/** `credential` is the `jti` of the verified token that asks: 401 when it counts no longer. */
export interface AccountRpc {
  /**
   * The account's first token, for the holder of the bootstrap secret. An account is opened once; `reset` revokes all
   * its credentials instead, and begins anew.
   */
  open(request: { account: string; reset: boolean }): Promise<Result<{ token: string }>>;
  createCluster(
    request: { credential: string; account: string; name: string } & ClusterSpec,
  ): Promise<Result<NewCluster>>;
  listClusters(request: { credential: string }): Promise<Result<ClusterSummary[]>>;
  /** Wipes the cluster's storage and closes its sockets before the name is free again. */
  deleteCluster(request: { credential: string; name: string }): Promise<Result<ClusterSummary>>;
  /** A fresh token of the cluster's administrator. */
  clusterToken(request: { credential: string; name: string }): Promise<Result<NewCluster>>;
  listCredentials(request: { credential: string }): Promise<Result<AccountCredential[]>>;
  /** Issues another token for the account, which ends together with `credential`. */
  createToken(request: { credential: string; account: string; seconds: number }): Promise<Result<{ token: string }>>;
  /** Revokes a credential and all that was issued with it, and ends what they opened in clusters. */
  revoke(request: { credential: string; id: string }): Promise<Result<AccountCredential>>;
  /** Whether the cluster is the account's, and the credential counts. */
  admits(request: { credential: string; cluster: string }): Promise<Admission>;
  /** A code that {@link AccountRpc.redeemCode} takes once, within minutes, for a dashboard session. */
  mintCode(request: { credential: string; account: string }): Promise<Result<{ code: string }>>;
  /** The session's token, or undefined when the code was used or has expired. `jti` is a verified code's id. */
  redeemCode(request: { account: string; jti: string }): Promise<{ token: string; seconds: number } | undefined>;
}

export type Admission = 'admitted' | 'no such cluster' | 'revoked';

export interface NewCluster {
  id: string;
  name: string;
  token: string;
}

export interface ClusterRpc {
  /** Makes the storage a cluster: system namespaces, the `kubernetes` Service, simulated nodes. Idempotent. */
  initialise(cluster: { id: string; name: string; account: string } & ClusterSpec): Promise<void>;
  /** A fresh token of the administrator; undefined when the storage is no cluster. */
  adminToken(): Promise<Result<string> | undefined>;
  /**
   * Refuses tokens of the account from now on, and ends what they opened. `expires` in milliseconds since the epoch.
   */
  refuseTokens(tokens: { id: string; expires: number }[]): Promise<void>;
  /** Closes every socket and forgets everything. */
  destroy(): Promise<void>;
}
