/** The interface of clusters to accounts and to each other for copies, and for the time between deletion and end. */
import type { AccountKind } from './account-rpc.ts';
import type { ClusterMetering } from './metering.ts';
import type { ClusterSpec, Result } from './rpc.ts';
import type { SnapshotHead, SnapshotPage } from './snapshot.ts';

/** The cluster that a storage becomes. */
export type ClusterIdentity = { id: string; name: string; account: string; kind?: AccountKind } & Pick<
  ClusterSpec,
  'without'
>;

export interface ClusterUse {
  /** Bytes of the storage. */
  bytes: number;
  objects: number;
  revision: number;
  /** The oldest revision that can be looked at. */
  oldest: number;
}

export interface ClusterLifeRpc {
  /**
   * A moment that pages can be asked of: the newest revision when none is named. 404 where the storage is no cluster.
   * `by`: the account that wants the copy, which is refused where it does not administer the cluster by now.
   */
  snapshotAt(request: { revision?: number; by?: string }): Promise<Result<SnapshotHead & Pick<ClusterSpec, 'without'>>>;
  /** A page of the state at a revision; the first without a position. */
  snapshotRows(request: { revision: number; position: string }): Promise<Result<SnapshotPage>>;
  /**
   * Makes the storage a cluster with another's state at a revision. Goes on where an earlier call with the same source
   * and revision broke off, and nothing is a cluster before the copy is whole.
   */
  restoreFrom(request: { cluster: ClusterIdentity; source: string; revision: number }): Promise<Result<ClusterUse>>;
  /**
   * Makes the storage a cluster of a file, with its past or of manifests: whole, or it is no cluster. 422 with the reason
   * for a file that is not taken.
   */
  importFrom(request: { cluster: ClusterIdentity; file: ReadableStream<Uint8Array> }): Promise<Result<ClusterUse>>;
  /** Puts the cluster away until then: it refuses all requests, and destroys itself after that. Milliseconds. */
  putAway(request: { until: number }): Promise<void>;
  /** Takes it up again, under a name; 404 when it is destroyed. */
  takeUp(request: { name: string }): Promise<Result<ClusterUse>>;
  usage(request: object): Promise<Result<ClusterUse>>;
  /** The kind of the account that owns it, whose limits it has from now on. */
  setKind(request: { kind: AccountKind }): Promise<Result<null>>;
  /** The cluster's use so far. */
  metering(request: object): Promise<Result<ClusterMetering>>;
}
