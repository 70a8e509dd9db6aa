/**
 * Creates and deletes the clusters of an account. Every cluster that may exist has a row until its object was
 * destroyed, so that none is left that no account reaches.
 */
import type { ClusterRpc, ClusterSpec, ClusterSummary, NewCluster, Result } from '../../wire/rpc.ts';
import {
  type AccountClusters,
  alreadyExists,
  isBeingCreated,
  isBeingDeleted,
  noSuchCluster,
  refuse,
} from './account-clusters.ts';

export interface LifecyclePorts {
  clusters: AccountClusters;
  cluster(id: string): ClusterRpc;
  newId(): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

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

  async create(account: string, name: string, { simulatedNodes, without }: ClusterSpec): Promise<Result<NewCluster>> {
    const { clusters, cluster, newId, now } = this.#ports;
    const claimed = clusters.claim(name, newId(), now(), without);
    if (!claimed.ok) return claimed;
    const { id } = claimed.cluster;
    if (this.#creating.has(id)) return alreadyExists(name);
    if (this.#deleting.has(id)) return isBeingDeleted(name);
    this.#creating.add(id);
    try {
      await cluster(id).initialise({ id, name, account, simulatedNodes, without });
      const made = await this.#newToken(id, name);
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

  async delete(name: string): Promise<Result<ClusterSummary>> {
    const found = this.#ports.clusters.find(name);
    if (!found) return noSuchCluster(name);
    if (this.#creating.has(found.id)) return isBeingCreated(name);
    // The second of two requests waits for the first: on its own it could destroy a cluster that was created since.
    const deletion = this.#deleting.get(found.id) ?? this.#destroy(found.id);
    this.#deleting.set(found.id, deletion);
    await deletion.finally(() => this.#deleting.delete(found.id));
    return { ok: true, value: found };
  }

  /** All of them, also those whose creation did not finish. The first that cannot be destroyed now is thrown. */
  async destroyAll(): Promise<void> {
    for (const { id } of this.#ports.clusters.list()) await this.#destroy(id);
  }

  async token(name: string): Promise<Result<NewCluster>> {
    const { clusters } = this.#ports;
    const found = clusters.find(name);
    if (!found) return noSuchCluster(name);
    if (clusters.isFinished(found.id)) return this.#newToken(found.id, name);
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

  async #newToken(id: string, name: string): Promise<Result<NewCluster>> {
    const issued = await this.#ports.cluster(id).adminToken();
    if (issued === undefined) return noSuchCluster(name);
    return issued.ok ? { ok: true, value: { id, name, token: issued.value } } : issued;
  }
}
