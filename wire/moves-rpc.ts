/** The part of an account's interface that is about clusters which move from one account to another. */
import type { ClusterSummary, Result } from './rpc.ts';

/** An offer of a cluster: who has the code can take the cluster over, once. */
export interface ClusterOffer {
  /** Shown once. */
  code: string;
  /** RFC 3339. */
  expires: string;
}

/** `credential`: as in `AccountRpc`. */
export interface MovesRpc {
  offerCluster(request: { credential: string; account: string; name: string }): Promise<Result<ClusterOffer>>;
  /** Whether the account can have another cluster. A visitor's can not: it would end with the visit. */
  mayReceive(request: { credential: string }): Promise<Result<null>>;
  /** From the edge, which has verified the offer's code: the cluster is `to`'s from now on. */
  takeOffer(request: { account: string; offer: string; cluster: string; to: string }): Promise<Result<ClusterSummary>>;
  /** A visitor has signed in to another account: all clusters are that one's from now on. None of a person's are. */
  bringClusters(request: { credential: string; account: string; to: string }): Promise<Result<null>>;
  /** From another account, which had the cluster: under its name, or the next that is free. Idempotent. */
  receiveCluster(request: { cluster: ClusterSummary }): Promise<ClusterSummary>;
}
