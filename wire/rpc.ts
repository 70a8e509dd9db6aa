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

export interface AccountRpc {
  createCluster(request: { account: string; name: string; simulatedNodes: number }): Promise<Result<NewCluster>>;
  listClusters(): Promise<ClusterSummary[]>;
  /** Wipes the cluster's storage and closes its sockets before the name is free again. */
  deleteCluster(name: string): Promise<Result<ClusterSummary>>;
  /** A fresh token of the cluster's administrator. */
  clusterToken(request: { account: string; name: string }): Promise<Result<NewCluster>>;
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
  /** Closes every socket and forgets everything. */
  destroy(): Promise<void>;
}
