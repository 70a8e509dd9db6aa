/** The part of an account's interface that is about clusters which move from one account to another. */
import type { ClusterSummary, DeletedCluster, Result } from './rpc.ts';
import type { Role } from './sharing.ts';

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
  /**
   * A visitor has signed in to another account: all clusters are that one's from now on, the deleted ones too, and the
   * roles in clusters of others. None of a person's are.
   */
  bringClusters(request: { credential: string; account: string; to: string }): Promise<Result<null>>;
  /**
   * From another account, which had the cluster: under its name, or the next that is free. `copyBy`: the link that it is
   * a copy by. Idempotent.
   */
  receiveCluster(request: { cluster: ClusterSummary; copyBy?: string }): Promise<ClusterSummary>;
  /** From the account of a visit, whose role in a cluster of others is this account's by now. Idempotent. */
  receiveMembership(request: { cluster: string; name: string; role: Role }): Promise<void>;
  /** From the account of a visit: a deleted cluster, which is this account's to have back by now. Idempotent. */
  receiveDeleted(request: { cluster: DeletedCluster }): Promise<void>;
}
