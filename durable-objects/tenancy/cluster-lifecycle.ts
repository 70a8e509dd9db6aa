/**
 * Creates and deletes the clusters of an account. Every cluster that may exist has a row until its object was
 * destroyed, so that none is left that no account reaches.
 */
import type { Status } from '../../kube/machinery/status.ts';
import type { AccountKind } from '../../wire/account-rpc.ts';
import type { ClusterIdentity, ClusterLifeRpc } from '../../wire/cluster-life-rpc.ts';
import type {
  ClusterRpc,
  ClusterSpec,
  ClusterSummary,
  Component,
  DeletedCluster,
  NewCluster,
  Result,
} from '../../wire/rpc.ts';
import { rpcOf } from '../../wire/rpc-call.ts';
import {
  type AccountClusters,
  alreadyExists,
  isBeingCreated,
  isBeingDeleted,
  noSuchCluster,
  noSuchDeletedCluster,
  refuse,
  tooManyNodes,
} from './account-clusters.ts';
import { again } from './again.ts';
import type { PutAwayClusters } from './put-away-clusters.ts';

export interface LifecyclePorts {
  clusters: AccountClusters;
  cluster(id: string): ClusterRpc;
  newId(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Without it, a cluster that is deleted is destroyed. */
  putAway?: PutAwayClusters;
  undeleteHours?: number;
  /** Of the account. */
  kind?(): AccountKind;
  /** Nodes of one cluster; 0 is no limit. */
  maxNodes?(): number;
  /** A kubeconfig of the cluster is about to be issued, which ends when the credential is revoked. */
  issues?(credential: string, cluster: string): void;
}

export interface ForkOf {
  source: Pick<ClusterSummary, 'id'>;
  revision?: number;
  by?: string;
  /** A link of the source gives the copy, whatever role the account has there. */
  byLink?: {
    /** The copy has its row, under this id. */
    claimed(id: string): void;
    /** The copy is whole, and not yet told to its account. */
    whole(id: string): Promise<void>;
  };
}

/** Of a kubeconfig. */
interface Terms {
  /** Until it ends; a year where none are given. */
  seconds?: number;
  /** The credential that it ends with. */
  by?: string;
}

interface Making extends Pick<Terms, 'by'> {
  account: string;
  name: string;
  without: readonly Component[];
  way: 'create' | 'fork' | 'import';
}

const HOUR = 3_600_000;
/** Deleted clusters that are kept, and no more than the account may have: each is storage that is paid for. */
const MAX_PUT_AWAY = 20;

export class ClusterLifecycle {
  readonly #ports: LifecyclePorts;
  /**
   * Ids of clusters that are being created now, and of those that are being deleted: no row goes while its cluster
   * comes.
   */
  readonly #creating = new Set<string>();
  readonly #deleting = new Map<string, Promise<void>>();

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
  }

  /** `by`: the credential that the kubeconfig ends with; so of the other ways. */
  async create(
    account: string,
    name: string,
    { simulatedNodes, without }: ClusterSpec,
    by?: string,
  ): Promise<Result<NewCluster>> {
    const max = this.#ports.maxNodes?.() ?? 0;
    if (max > 0 && simulatedNodes > max) return tooManyNodes(max);
    return this.#make({ account, name, without, way: 'create', by }, async (identity) => {
      await this.#ports.cluster(identity.id).initialise({ ...identity, simulatedNodes });
      return undefined;
    });
  }

  /** A cluster with the state of another at a revision: the newest when none is named. */
  async fork(account: string, name: string, { source, revision, byLink, by }: ForkOf): Promise<Result<NewCluster>> {
    const asked = { ...(revision !== undefined && { revision }), ...(!byLink && { by: account }) };
    const head = await this.#life(source.id).snapshotAt(asked);
    if (!head.ok) return head;
    const copy = { source: source.id, revision: head.value.revision };
    return this.#make({ account, name, without: head.value.without, way: 'fork', by }, async (cluster) => {
      const life = this.#life(cluster.id);
      byLink?.claimed(cluster.id);
      const made = await again(() => life.restoreFrom({ cluster, ...copy }));
      if (!made.ok) return made.status;
      await byLink?.whole(cluster.id);
      return undefined;
    });
  }

  /** A cluster of a file. */
  import(account: string, name: string, file: ReadableStream<Uint8Array>, by?: string): Promise<Result<NewCluster>> {
    return this.#make({ account, name, without: [], way: 'import', by }, async (cluster) => {
      const made = await this.#life(cluster.id).importFrom({ cluster, file });
      return made.ok ? undefined : made.status;
    });
  }

  #life(id: string): ClusterLifeRpc {
    return rpcOf<ClusterLifeRpc>(this.#ports.cluster(id));
  }

  /** `begin` makes the object a cluster, or says why not: then nothing is left of it. */
  async #make(
    { account, name, without, way, by }: Making,
    begin: (identity: ClusterIdentity) => Promise<Status | undefined>,
  ): Promise<Result<NewCluster>> {
    const { clusters, newId, now } = this.#ports;
    const claimed = clusters.claim(name, newId(), now(), without);
    if (!claimed.ok) return claimed;
    const { id } = claimed.cluster;
    if (this.#creating.has(id)) return alreadyExists(name);
    if (this.#deleting.has(id)) return isBeingDeleted(name);
    clusters.setWithout(id, without);
    this.#creating.add(id);
    try {
      // A copy or a file that an earlier call left there is no new cluster. Copies and files see to it themselves.
      const before = clusters.wayOf(id);
      if (way === 'create' && before !== '' && before !== way) await this.#ports.cluster(id).destroy();
      clusters.setWay(id, way);
      const refusal = await begin({ id, name, account, without, kind: this.#ports.kind?.() });
      if (refusal) {
        await this.#abandon(id);
        return { ok: false, status: refusal };
      }
      const made = await this.#newToken(id, name, { by });
      if (made.ok) clusters.finish(id);
      return made;
    } catch (error) {
      await this.#abandon(id);
      throw error;
    } finally {
      this.#creating.delete(id);
    }
  }

  list(): Result<ClusterSummary[]> {
    return { ok: true, value: this.#ports.clusters.list() };
  }

  /** `atOnce`: nothing of it can be had back. */
  async delete(name: string, atOnce = false): Promise<Result<ClusterSummary & { until?: string }>> {
    const found = this.#ports.clusters.find(name);
    if (!found) return noSuchCluster(name);
    if (this.#creating.has(found.id)) return isBeingCreated(name);
    // The second of two requests waits for the first: on its own it could destroy a cluster that was created since.
    const isKept = this.#graceMs > 0 && !atOnce && this.#ports.clusters.isFinished(found.id);
    const deletion = this.#deleting.get(found.id) ?? (isKept ? this.#putAway(found) : this.#destroy(found.id));
    this.#deleting.set(found.id, deletion);
    await deletion.finally(() => this.#deleting.delete(found.id));
    const until = this.#ports.putAway?.find(found.id, this.#ports.now())?.until;
    return { ok: true, value: { ...found, ...(until && { until }) } };
  }

  /** The clusters that were deleted and can be had back. */
  deleted(): Result<DeletedCluster[]> {
    const { putAway, now } = this.#ports;
    return { ok: true, value: putAway?.list(now()) ?? [] };
  }

  /** Takes a deleted cluster up again, by its id or its name, under that or another name. */
  async undelete(name: string, as?: string): Promise<Result<ClusterSummary>> {
    const { putAway, clusters, now } = this.#ports;
    const found = putAway?.find(name, now());
    if (!found) return noSuchDeletedCluster(name);
    // It has its row where an earlier call broke off.
    const known = clusters.list().find(({ id }) => id === found.id);
    if (this.isBusy(found.id)) return isBeingCreated(name);
    const claimed = known ? { ok: true as const, cluster: known } : clusters.claimFor(as ?? found.name, found);
    if (!claimed.ok) return claimed;
    this.#creating.add(found.id);
    try {
      // Where no answer comes it may be done all the same: the row stays, so that the account reaches the cluster.
      const taken = await again(() => this.#life(found.id).takeUp({ name: claimed.cluster.name }));
      if (!taken.ok) clusters.release(found.id);
      putAway?.remove(found.id);
      // A visitor may have become a person meanwhile.
      const kind = this.#ports.kind?.();
      if (taken.ok && kind) await this.#life(found.id).setKind({ kind });
      return taken.ok ? { ok: true, value: claimed.cluster } : noSuchDeletedCluster(name);
    } finally {
      this.#creating.delete(found.id);
    }
  }

  /** Whether it is being created or deleted now. */
  isBusy(id: string): boolean {
    return this.#creating.has(id) || this.#deleting.has(id);
  }

  /** Destroys all clusters, those too that could be had back: of an account that ends. */
  async destroyAll(): Promise<void> {
    const { clusters, cluster, putAway, now } = this.#ports;
    for (const { id } of clusters.list()) await this.#destroy(id);
    for (const { id } of putAway?.list(now()) ?? []) {
      await cluster(id).destroy();
      putAway?.remove(id);
    }
  }

  get #graceMs(): number {
    return this.#ports.putAway ? (this.#ports.undeleteHours ?? 0) * HOUR : 0;
  }

  /** Its name is free at once. The oldest of too many ends now. */
  async #putAway(found: ClusterSummary): Promise<void> {
    const { putAway, clusters, now } = this.#ports;
    const until = now() + this.#graceMs;
    await this.#life(found.id).putAway({ until });
    putAway?.add(found, until);
    clusters.release(found.id);
    await this.#endOldest();
  }

  /** A cluster that another account had deleted, which has become a part of this one. */
  async receiveDeleted(cluster: DeletedCluster): Promise<void> {
    // It may have come before, and was had back since.
    if (this.#ports.clusters.owns(cluster.id)) return;
    this.#ports.putAway?.add(cluster, Date.parse(cluster.until));
    await this.#endOldest();
  }

  async #endOldest(): Promise<void> {
    const { putAway, clusters, cluster, now } = this.#ports;
    const most = Math.min(clusters.most || MAX_PUT_AWAY, MAX_PUT_AWAY);
    for (const { id } of putAway?.list(now()).slice(most) ?? []) {
      // A cluster that is being taken up, or was when the account's object died, is no deleted one.
      if (clusters.owns(id)) continue;
      await cluster(id).destroy();
      putAway?.remove(id);
    }
  }

  async token(name: string, terms: Terms = {}): Promise<Result<NewCluster>> {
    const { clusters } = this.#ports;
    const found = clusters.find(name);
    if (!found) return noSuchCluster(name);
    if (clusters.isFinished(found.id)) return this.#newToken(found.id, name, terms);
    const quoted = JSON.stringify(name);
    return refuse('Conflict', `the creation of cluster ${quoted} has not finished: create it again, or delete it`);
  }

  async #destroy(id: string): Promise<void> {
    const { clusters, cluster } = this.#ports;
    await cluster(id).destroy();
    clusters.release(id);
  }

  /** The row of a cluster that cannot be destroyed now stays: it can be created again, or deleted. */
  async #abandon(id: string): Promise<void> {
    const { clusters, cluster } = this.#ports;
    try {
      await cluster(id).destroy();
    } catch {
      return;
    }
    clusters.release(id);
  }

  async #newToken(id: string, name: string, { seconds, by }: Terms): Promise<Result<NewCluster>> {
    if (by !== undefined) this.#ports.issues?.(by, id);
    const issued = await this.#ports.cluster(id).adminToken({ seconds, by });
    if (issued === undefined) return noSuchCluster(name);
    return issued.ok ? { ok: true, value: { id, name, token: issued.value } } : issued;
  }
}
