/**
 * The pods that the cluster has bound to this node. While the cluster cannot be heard, those of the last time, from the
 * checkpoint: so the node goes on with them when it starts without its cluster.
 */
import { API_SOURCE, CONFIG_SOURCE, isMirrorPod, isStaticPod } from '../../../kube/kinds/core/static-pods.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Feed } from '../../api/subscriptions.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Checkpoint } from './checkpoint.ts';
import { byCreation, type PodSink, type PodSource } from './source.ts';

/** The time that the cluster may take to tell of the pods before those of the checkpoint are taken up. Milliseconds. */
const SYNC_TIMEOUT = 5_000;

export interface ClusterSourcePorts {
  feed: Feed;
  checkpoint: Checkpoint;
  clock: Clock;
  log: Log;
  nodeName: string;
}

/** An annotation in the API makes no pod static: only a source does. */
function fromApi(pod: Pod): Pod {
  if (isMirrorPod(pod) || !isStaticPod(pod)) return pod;
  const annotations = { ...pod.metadata.annotations, [CONFIG_SOURCE]: API_SOURCE };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

export class ClusterSource implements PodSource {
  readonly #ports: ClusterSourcePorts;
  /** Told from the checkpoint, and not by the cluster yet. */
  readonly #restored = new Map<string, Pod>();
  /** Told by the cluster. */
  readonly #known = new Set<string>();
  #synced = false;
  #stopped = false;
  #unwatch = () => {};
  #cancel = () => {};

  constructor(ports: ClusterSourcePorts) {
    this.#ports = ports;
  }

  start(sink: PodSink): void {
    const { feed, checkpoint, clock, nodeName } = this.#ports;
    this.#cancel = clock.after(SYNC_TIMEOUT, () => void this.#restore(sink));
    const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${nodeName}`)}`;
    this.#unwatch = feed.watch(path, {
      changed: (object) => {
        const pod = fromApi(object as unknown as Pod);
        this.#known.add(pod.metadata.uid ?? '');
        this.#restored.delete(pod.metadata.uid ?? '');
        if (!isMirrorPod(pod)) checkpoint.save(pod);
        sink.changed(pod);
      },
      deleted: (object) => {
        this.#known.delete(object.metadata.uid ?? '');
        sink.deleted(fromApi(object as unknown as Pod));
      },
      synced: () => this.#onSynced(sink),
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#cancel();
    this.#ports.checkpoint.stop();
  }

  /** Remembered pods that the cluster did not tell of were deleted while the node was not in touch. */
  #onSynced(sink: PodSink): void {
    this.#synced = true;
    this.#cancel();
    for (const pod of this.#restored.values()) sink.deleted(pod);
    this.#restored.clear();
    sink.ready();
    void this.#forget();
  }

  async #restore(sink: PodSink): Promise<void> {
    const { checkpoint, log } = this.#ports;
    const pods = await checkpoint.read();
    if (this.#synced || this.#stopped || pods.length === 0) return;
    log.warn(`the cluster is not heard: going on with ${pods.length} pods as they were known last`);
    for (const pod of pods.sort(byCreation)) {
      if (this.#known.has(pod.metadata.uid ?? '')) continue;
      this.#restored.set(pod.metadata.uid ?? '', pod);
      sink.changed(pod, true);
    }
  }

  async #forget(): Promise<void> {
    const { checkpoint } = this.#ports;
    for (const { metadata } of await checkpoint.read()) {
      if (!this.#known.has(metadata.uid ?? '')) checkpoint.remove(metadata.uid ?? '');
    }
  }
}
