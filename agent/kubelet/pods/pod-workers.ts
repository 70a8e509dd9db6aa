/** The node's pods: a worker for each that a source has told of (kubelet `pod_workers.go`). */
import type { PodFailure } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import { Admission, type NodeSource } from '../admission.ts';
import { collectPod } from '../garbage.ts';
import { nodeSupport } from '../node/node-support.ts';
import type { PodListing } from '../observe.ts';
import { byCreation, type PodListener } from '../pod-sources/source.ts';
import type { PodLifecyclePorts, PodPorts } from './pod-ports.ts';
import { PodWorker } from './pod-worker.ts';

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

export class PodWorkers implements PodListener {
  readonly #ports: PodPorts;
  readonly #admission: Admission;
  readonly #workers = new Map<string, PodWorker>();
  readonly #pods = new Map<string, Pod>();
  /** Pods that have ended for good, and whose volumes are gone. */
  readonly #retired = new Set<string>();
  /** Pods whose source is not ready yet: the oldest of them are looked at first. */
  #waiting = new Set<string>();

  /** `finished`: nothing of the pod is left. */
  constructor(
    ports: Omit<PodPorts, keyof PodLifecyclePorts>,
    node: NodeSource,
    finished: (uid: string) => void = () => {},
  ) {
    this.#admission = new Admission(node, nodeSupport());
    this.#ports = {
      ...ports,
      admit: (pod) => this.#admission.admit(pod),
      release: (pod) => this.#admission.release(pod),
      finished: (pod) => {
        this.#finished(uidOf(pod));
        finished(uidOf(pod));
      },
      ended: (pod, listing) => {
        this.#retire(pod, listing).catch((error: Error) => {
          ports.log.warn(`pod ${pod.metadata.namespace}/${pod.metadata.name}: cleaning up: ${error.message}`);
        });
      },
    };
    ports.objects.onChange = (users) => {
      for (const uid of users) {
        const worker = this.#workers.get(uid);
        worker?.refreshVolumes().catch(() => {});
        // The changed object may be the one that a container waits for.
        worker?.retry();
      }
    };
  }

  changed(pod: Pod, atOnce: boolean): void {
    const uid = uidOf(pod);
    this.#pods.set(uid, pod);
    const worker = this.#workers.get(uid);
    if (worker) {
      this.#admission.changed(pod);
      worker.update(pod);
      return;
    }
    this.#admission.track(pod);
    const made = new PodWorker(pod, this.#ports);
    this.#workers.set(uid, made);
    if (atOnce) made.wake();
    else this.#waiting.add(uid);
  }

  deleted(pod: Pod): void {
    this.#pods.delete(uidOf(pod));
    this.#workers.get(uidOf(pod))?.removed();
  }

  /** Only when all sources have settled is the free capacity for new pods known. */
  sourceSettled(settled: boolean): void {
    if (!settled) return;
    this.#admission.allTracked();
    const waiting = [...this.#waiting].map((uid) => this.#pods.get(uid)).filter((pod) => pod !== undefined);
    this.#waiting = new Set();
    for (const pod of waiting.sort(byCreation)) this.#workers.get(uidOf(pod))?.wake();
  }

  /** Stops looking after pods. Their containers run on. */
  stop(): void {
    for (const worker of this.#workers.values()) worker.stop();
  }

  /** The cause of failed actions may be over, for any pod: back-offs begin anew. */
  retry(): void {
    for (const worker of this.#workers.values()) worker.retry();
  }

  /** The machine's clock was set back. */
  clockSetBack(): void {
    for (const worker of this.#workers.values()) worker.clockSetBack();
  }

  wake(uids: Iterable<string>): void {
    for (const uid of uids) this.#workers.get(uid)?.wake();
  }

  /** Ends a pod for a reason of the node's own, which its status then gives. */
  fail(uid: string, failure: PodFailure): void {
    this.#workers.get(uid)?.fail(failure);
  }

  /** Whether the pod is looked after, or still being ended. */
  has(uid: string): boolean {
    return this.#workers.has(uid);
  }

  worker(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  get pods(): ReadonlyMap<string, Pod> {
    return this.#pods;
  }

  /** By namespace, name and uid, as a stream asks for it. */
  find(namespace: string, name: string, uid: string): Pod | undefined {
    const pod = this.#pods.get(uid);
    return pod?.metadata.name === name && pod.metadata.namespace === namespace ? pod : undefined;
  }

  /** A pod that has ended for good keeps its status and its logs (kubelet `kubelet.go`, SyncTerminatedPod). */
  async #retire(pod: Pod, listing: PodListing): Promise<void> {
    const { volumes, objects, tokens } = this.#ports;
    const uid = uidOf(pod);
    await collectPod(pod, listing, this.#ports);
    if (this.#retired.has(uid)) return;
    this.#retired.add(uid);
    try {
      await volumes.unpublishVolumes(uid);
    } catch (error) {
      this.#retired.delete(uid);
      throw error;
    }
    objects.release(uid);
    tokens.forget(uid);
  }

  #finished(uid: string): void {
    this.#retired.delete(uid);
    this.#workers.delete(uid);
    this.#pods.delete(uid);
    this.#waiting.delete(uid);
    this.#ports.objects.release(uid);
    this.#ports.tokens.forget(uid);
    this.#ports.images.forget(uid);
  }
}
