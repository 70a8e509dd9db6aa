/**
 * Where a node's pods come from (kubelet `config/config.go`): its cluster, a folder of manifests, and what it knew when
 * it was last in touch. A source says when it has told all that was there; only when all have, what no source told of is
 * an orphan.
 */
import type { Pod } from '../../../kube/types.ts';

export interface PodSource {
  /** Runs on until `stop`. */
  start(sink: PodSink): void;
  stop(): void;
}

/** What a source calls. */
export interface PodSink {
  /** `atOnce`: it is not held back until all that was there has been told. */
  changed(pod: Pod, atOnce?: boolean): void;
  deleted(pod: Pod): void;
  /** All that was there has been told. */
  ready(): void;
}

export interface PodListener {
  /** `atOnce`: it is not held back until its source has told all that was there. */
  changed(pod: Pod, atOnce: boolean): void;
  deleted(pod: Pod): void;
  /** A source has told all it had; with `all`, every one has. */
  told(all: boolean): void;
}

export class PodSources {
  readonly #sources: readonly PodSource[];
  readonly #listener: PodListener;
  readonly #completed: () => void;
  readonly #ready = new Set<PodSource>();

  /** `completed`: every source has told what it had. */
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
          this.#listener.told(this.complete);
          if (this.complete) this.#completed();
        },
      });
    }
  }

  stop(): void {
    for (const source of this.#sources) source.stop();
  }
}
