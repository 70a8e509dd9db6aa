/**
 * The regular work on all pods (kubelet `kubelet_pods.go`, HandlePodCleanups): ends pods that no source tells of,
 * frees what finished pods held, and keeps mounted files up to date. A failure in one pod's part leaves the others be.
 */
import type { Clock } from '../clock.ts';
import { removeTree } from '../files/remove-tree.ts';
import type { Log } from '../log.ts';
import type { VolumeManager } from '../volumes/manager.ts';
import { collectPod, foldersOfPods, type GarbagePorts, type PodFolders, removeOrphan } from './garbage.ts';
import { isFormer, type Owner } from './labels.ts';
import type { Observer, PodListing } from './observe.ts';
import type { PodWorkers } from './pods/pod-workers.ts';

export interface HousekeepingPorts extends GarbagePorts {
  clock: Clock;
  log: Log;
  owner: Owner;
  volumes: VolumeManager;
  observer: Observer;
  /** All pods in the runtime that carry this node's labels. */
  listings(): Promise<ReadonlyMap<string, PodListing>>;
  /** Every source has told what it had: a pod that none told of is an orphan. */
  isComplete(): boolean;
}

const INTERVAL = 60_000;

export class Housekeeping {
  readonly #ports: HousekeepingPorts;
  readonly #workers: PodWorkers;
  /** Orphans that are being ended, which may take their grace period. */
  readonly #ending = new Set<string>();
  #cancel = () => {};
  #stopped = false;

  constructor(ports: HousekeepingPorts, workers: PodWorkers) {
    this.#ports = ports;
    this.#workers = workers;
  }

  start(): void {
    this.#cancel = this.#ports.clock.after(INTERVAL, () => void this.run().finally(() => this.#again()));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #again(): void {
    if (!this.#stopped) this.start();
  }

  async run(): Promise<void> {
    const { listings, observer, isComplete } = this.#ports;
    await this.#guard('the container runtime', async () => {
      const folders = await foldersOfPods(this.#ports);
      const all = await listings();
      observer.forget(all);
      if (isComplete()) await this.#endOrphans(all, folders);
      await Promise.all([...this.#workers.pods.keys()].map((uid) => this.#keep(uid, all.get(uid))));
    });
  }

  async #keep(uid: string, listing: PodListing | undefined): Promise<void> {
    const pod = this.#workers.pods.get(uid);
    if (!pod) return;
    const what = `pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    if (listing) await this.#guard(what, () => collectPod(pod, listing, this.#ports));
    if (this.#ports.volumes.isLive(pod.spec?.volumes)) {
      await this.#guard(`${what}: volumes`, async () => this.#workers.worker(uid)?.refreshVolumes());
    }
  }

  async #endOrphans(all: ReadonlyMap<string, PodListing>, { pods, logs }: PodFolders): Promise<void> {
    const { log, volumes, owner } = this.#ports;
    for (const [uid, listing] of all) {
      if (this.#workers.has(uid) || this.#ending.has(uid)) continue;
      // Another agent on this machine may be now what this one was: its pods have no folders here.
      const isHere = logs.has(uid) || pods.includes(uid);
      const parts = [...listing.sandboxes, ...listing.containers];
      if (!isHere && parts.every(({ labels }) => isFormer(labels, owner))) continue;
      log.info(`pod ${uid} is not of this cluster any more: ending it`);
      this.#ending.add(uid);
      void this.#guard(`pod ${uid}`, () => this.#end(uid, listing)).finally(() => this.#ending.delete(uid));
    }
    const isOver = (uid: string) => !this.#workers.has(uid) && !this.#ending.has(uid) && !all.has(uid);
    for (const uid of pods.filter(isOver)) await this.#guard(`pod ${uid}`, () => volumes.unpublish(uid));
    for (const [uid, folder] of logs) if (isOver(uid)) await this.#guard(`pod ${uid}`, () => removeTree(folder));
  }

  /** Ends an orphan, then removes its folders: one that cannot be ended keeps its volumes. */
  async #end(uid: string, listing: PodListing): Promise<void> {
    await removeOrphan(listing, this.#ports);
    if (!this.#stopped) await this.#removeFolders(uid);
  }

  async #removeFolders(uid: string): Promise<void> {
    const { volumes } = this.#ports;
    const { logs } = await foldersOfPods(this.#ports);
    const log = logs.get(uid);
    await volumes.unpublish(uid);
    if (log !== undefined) await removeTree(log);
  }

  async #guard(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#stopped) this.#ports.log.warn(`cleaning up: ${what}: ${(error as Error).message}`);
    }
  }
}
