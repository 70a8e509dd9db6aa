/** The listeners of commits, and of their rollbacks. Most follow one small resource, and cost other writes nothing. */
import type { GroupResource } from '../../kube/machinery/resource.ts';
import type { CommitListener, Entry } from './store.ts';

export class CommitListeners {
  readonly #ofAll = new Set<CommitListener>();
  readonly #byResource = new Map<GroupResource, Set<CommitListener>>();

  readonly #ofRollbacks: (() => void)[] = [];

  addOfRollbacks(listener: () => void): void {
    this.#ofRollbacks.push(listener);
  }

  rolledBack(entries: readonly Entry[]): void {
    if (entries.length > 0) for (const listener of this.#ofRollbacks) listener();
  }

  /** Returns how to stop. */
  add(listener: CommitListener, resources?: readonly GroupResource[]): () => void {
    const sets = resources ? resources.map((resource) => this.#of(resource)) : [this.#ofAll];
    for (const set of sets) set.add(listener);
    return () => {
      for (const set of sets) set.delete(listener);
    };
  }

  notify(entries: readonly Entry[]): void {
    let concerned: Map<CommitListener, Entry[]> | undefined;
    for (const entry of entries) {
      const listeners = this.#byResource.get(entry.key.slice(0, entry.key.indexOf('/')));
      if (!listeners) continue;
      concerned ??= new Map();
      for (const listener of listeners) {
        const own = concerned.get(listener);
        if (own) own.push(entry);
        else concerned.set(listener, [entry]);
      }
    }
    if (concerned) for (const [listener, own] of concerned) call(listener, own);
    for (const listener of this.#ofAll) call(listener, entries);
  }

  #of(resource: GroupResource): Set<CommitListener> {
    let listeners = this.#byResource.get(resource);
    if (!listeners) {
      listeners = new Set();
      this.#byResource.set(resource, listeners);
    }
    return listeners;
  }
}

function call(listener: CommitListener, entries: readonly Entry[]): void {
  try {
    listener(entries);
  } catch (error) {
    // A listener that breaks its promise must not take the others' entries away; it is still an uncaught error.
    queueMicrotask(() => {
      throw error;
    });
  }
}
