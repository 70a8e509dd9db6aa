/**
 * The sources of a node's pods (kubelet `config/config.go`): its cluster, with the checkpoint of the last contact, and
 * a folder of manifests. A source says when it has told of all its pods; only when all have, a pod that no source told
 * of is an orphan.
 */
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';

export interface PodSource {
  /** Runs on until `stop`. */
  start(sink: PodSink): void;
  stop(): void;
}

/** The calls that a source makes. */
export interface PodSink {
  /** `atOnce`: the pod is not held back until its source is ready. */
  changed(pod: Pod, atOnce?: boolean): void;
  deleted(pod: Pod): void;
  /** The source has told of all pods that it had at the start. */
  ready(): void;
  /** The source cannot be read yet: new pods of others do not wait for it, but no orphan is ended. */
  failed(): void;
}

export interface PodListener {
  /** `atOnce`: the pod is not held back until its source is ready. */
  changed(pod: Pod, atOnce: boolean): void;
  deleted(pod: Pod): void;
  /** A source is ready or has failed. `settled`: each is ready or has failed; `complete`: each is ready. */
  sourceSettled(settled: boolean, complete: boolean): void;
}

/** Older pods first: they had their room on the node before. */
export const byCreation = (a: Pod, b: Pod): number =>
  timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp);

export class PodSources {
  readonly #sources: readonly PodSource[];
  readonly #listener: PodListener;
  readonly #completed: () => void;
  readonly #ready = new Set<PodSource>();
  readonly #failed = new Set<PodSource>();

  /** `completed`: every source is ready. */
  constructor(sources: readonly PodSource[], listener: PodListener, completed: () => void) {
    this.#sources = sources;
    this.#listener = listener;
    this.#completed = completed;
  }

  get complete(): boolean {
    return this.#sources.every((source) => this.#ready.has(source));
  }

  start(): void {
    for (const source of this.#sources) {
      source.start({
        changed: (pod, atOnce = false) => this.#listener.changed(pod, atOnce || this.#ready.has(source)),
        deleted: (pod) => this.#listener.deleted(pod),
        ready: () => {
          this.#ready.add(source);
          this.#settle();
          if (this.complete) this.#completed();
        },
        failed: () => {
          this.#failed.add(source);
          this.#settle();
        },
      });
    }
  }

  #settle(): void {
    const settled = this.#sources.every((source) => this.#ready.has(source) || this.#failed.has(source));
    this.#listener.sourceSettled(settled, this.complete);
  }

  stop(): void {
    for (const source of this.#sources) source.stop();
  }
}
