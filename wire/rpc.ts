/** What the edge asks of account objects, and accounts of their clusters, by the runtime's RPC. Plain data only. */
import type { Status } from '../kube/machinery/status.ts';

/** Errors are answers: an exception loses its fields on the way. */
export type Result<T> = { ok: true; value: T } | { ok: false; status: Status };

export interface ClusterSummary {
  id: string;
  name: string;
  /** RFC 3339. */
  created: string;
}

/** A token that opens a cluster, without the token itself. */
export interface TokenSummary {
  /** The token's `jti`. */
  id: string;
  /** `admin`: a kubeconfig's. `join`: what a machine becomes a node with. `node`: what it then is one with. */
  kind: 'admin' | 'join' | 'node';
  /** The node that it speaks for. */
  node?: string;
  /** RFC 3339. */
  created: string;
  expires: string;
  /** How many machines can still join with it. */
  uses?: number;
}

export interface AccountRpc {
  createCluster(request: { account: string; name: string; simulatedNodes: number }): Promise<Result<NewCluster>>;
  listClusters(): Promise<ClusterSummary[]>;
  /** Wipes the cluster's storage and closes its sockets before the name is free again. */
  deleteCluster(name: string): Promise<Result<ClusterSummary>>;
  /** A fresh token of the cluster's administrator. */
  clusterToken(name: string): Promise<Result<NewCluster>>;
  owns(clusterId: string): Promise<boolean>;
  /** A code that {@link AccountRpc.redeemCode} takes once, within minutes, for a dashboard session. */
  mintCode(account: string): Promise<string>;
  /** The session's token, or undefined when the code was used or has expired. `jti` is a verified code's id. */
  redeemCode(request: { account: string; jti: string }): Promise<{ token: string; seconds: number } | undefined>;
}

export interface NewCluster {
  id: string;
  name: string;
  token: string;
}

export interface ClusterRpc {
  /** Makes the storage a cluster: system namespaces, the `kubernetes` Service, simulated nodes. Idempotent. */
  initialise(cluster: { id: string; name: string; account: string; simulatedNodes: number }): Promise<void>;
  /** A fresh token of the administrator; undefined when the storage is no cluster. */
  adminToken(): Promise<string | undefined>;
  /** Closes every socket and forgets everything. */
  destroy(): Promise<void>;
}
