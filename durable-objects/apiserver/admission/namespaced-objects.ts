/**
 * The objects of a small kind that plugins look at in every write of their namespace: parsed once a change, and kept up
 * from the log. Read from the store on first use. They are those of the last commit: what the present group of writes
 * has changed is not in them yet, as little as in an informer of upstream's.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Store } from '../../store/store.ts';

export class NamespacedObjects<T extends KubeObject> {
  readonly #store: Pick<Store, 'list'>;
  readonly #prefix: string;
  /** By namespace. undefined: not read yet. */
  #objects: Map<string, Map<Key, T>> | undefined;

  constructor(store: Pick<Store, 'list' | 'onCommit'>, resource: GroupResource) {
    this.#store = store;
    this.#prefix = keyPrefix(resource);
    store.onCommit((entries) => {
      if (!this.#objects) return;
      for (const { key, change, text } of entries) {
        if (key.startsWith(this.#prefix)) this.#take(this.#objects, key, change === 'delete' ? undefined : text);
      }
    });
  }

  /** In the order of their names. Not to be changed. */
  of(namespace: string): readonly T[] {
    const objects = this.#objects ?? this.#load();
    const found = objects.size === 0 ? undefined : objects.get(namespace);
    if (!found) return [];
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  #load(): Map<string, Map<Key, T>> {
    const objects = new Map<string, Map<Key, T>>();
    for (const { key, text } of this.#store.list({ prefix: this.#prefix }).items) this.#take(objects, key, text);
    this.#objects = objects;
    return objects;
  }

  #take(objects: Map<string, Map<Key, T>>, key: Key, text: string | undefined): void {
    const { namespace } = parseKey(key);
    const present = objects.get(namespace) ?? new Map<Key, T>();
    if (text === undefined) present.delete(key);
    else present.set(key, JSON.parse(text) as T);
    if (present.size === 0) objects.delete(namespace);
    else objects.set(namespace, present);
  }
}
