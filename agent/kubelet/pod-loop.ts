/** The node's pods: a worker for each that the cluster has, and an end for what runs without one. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Pod } from '../../kube/types.ts';
import type { Feed } from '../api/subscriptions.ts';
import { Admission, type NodeSource } from './admission.ts';
import { collectPod, foldersWithoutPod, removeOrphan } from './garbage.ts';
import { nodeSupport } from './node-support.ts';
import type { PodPorts } from './pod-ports.ts';
import { PodWorker } from './pod-worker.ts';
import type { Relist } from './relist.ts';

const GARBAGE_INTERVAL = 60_000;

const byCreation = (a: Pod, b: Pod): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '');

export class PodLoop {
  readonly #ports: PodPorts;
  readonly #relist: Relist;
  readonly #admission: Admission;
  readonly #workers = new Map<string, PodWorker>();
  readonly #pods = new Map<string, Pod>();
  #synced = false;
  #unwatch = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: Omit<PodPorts, 'admit' | 'release' | 'finished' | 'ended'>, relist: Relist, node: NodeSource) {
    this.#relist = relist;
    this.#admission = new Admission(node, nodeSupport());
    this.#ports = {
      ...ports,
      admit: (pod) => this.#admission.admit(pod),
      release: (pod) => this.#admission.release(pod),
      finished: (pod) => this.#finished(pod),
      ended: (pod, listing) => void collectPod(pod, listing, this.#ports).catch(() => {}),
    };
    ports.objects.onChange = (users) => {
      for (const uid of users) {
        const worker = this.#workers.get(uid);
        worker?.refreshVolumes().catch(() => {});
        // A container may have been waiting for just this.
        worker?.retry();
      }
    };
  }

  start(feed: Feed): void {
    const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${this.#ports.nodeName}`)}`;
    this.#unwatch = feed.watch(path, {
      changed: (object) => this.#changed(object),
      deleted: (object) => this.#deleted(object),
      synced: () => this.#begin(),
    });
    this.#timer = setInterval(() => void this.#clean(), GARBAGE_INTERVAL);
  }

  /** Stops looking after pods; what runs, runs on. */
  stop(): void {
    this.#unwatch();
    clearInterval(this.#timer);
    for (const worker of this.#workers.values()) worker.stop();
  }

  wake(uids: Iterable<string>): void {
    for (const uid of uids) this.#workers.get(uid)?.wake();
  }

  /** By namespace, name and uid, as a stream asks for it. */
  find(namespace: string, name: string, uid: string): Pod | undefined {
    const pod = this.#pods.get(uid);
    return pod?.metadata.name === name && pod.metadata.namespace === namespace ? pod : undefined;
  }

  get count(): number {
    return this.#workers.size;
  }

  /** All pods are known: those that came first are looked at first. */
  #begin(): void {
    this.#synced = true;
    this.#admission.allMet();
    for (const pod of [...this.#pods.values()].sort(byCreation)) this.#workers.get(pod.metadata.uid ?? '')?.wake();
    void this.#clean();
  }

  #changed(object: KubeObject): void {
    const pod = object as unknown as Pod;
    const uid = pod.metadata.uid ?? '';
    this.#pods.set(uid, pod);
    const worker = this.#workers.get(uid);
    if (worker) {
      this.#admission.changed(pod);
      worker.update(pod);
      return;
    }
    this.#admission.meet(pod);
    const made = new PodWorker(pod, this.#ports);
    this.#workers.set(uid, made);
    if (this.#synced) made.wake();
  }

  #deleted(object: KubeObject): void {
    const uid = object.metadata.uid ?? '';
    this.#pods.delete(uid);
    this.#workers.get(uid)?.removed();
  }

  #finished(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#workers.delete(uid);
    this.#pods.delete(uid);
    this.#ports.objects.release(uid);
    this.#ports.tokens.forget(uid);
  }

  /** Ends what the cluster does not know, frees what is over, and keeps mounted files up to date. */
  async #clean(): Promise<void> {
    if (!this.#synced) return;
    try {
      const listings = await this.#relist.all();
      this.#ports.observer.forget(listings);
      for (const [uid, listing] of listings) {
        if (this.#workers.has(uid)) continue;
        this.#ports.log.info(`pod ${uid} is not of this cluster any more: ending it`);
        await removeOrphan(listing, this.#ports);
      }
      for (const uid of foldersWithoutPod(this.#ports.folders)) {
        if (!this.#workers.has(uid)) await this.#ports.volumes.unpublish(uid);
      }
      for (const [uid, pod] of this.#pods) {
        const listing = listings.get(uid);
        if (listing) await collectPod(pod, listing, this.#ports);
        if (this.#ports.volumes.isLive(pod.spec?.volumes)) await this.#workers.get(uid)?.refreshVolumes();
      }
    } catch (error) {
      this.#ports.log.warn(`cleaning up: ${(error as Error).message}`);
    }
  }
}
