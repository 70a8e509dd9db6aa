/**
 * The objects of a small kind that plugins look at in every write of their namespace: parsed once a change, and kept up
 * from the log. Read from the store on first use. They are those of the last commit: what the present group of writes
 * has changed is not in them yet, as little as in an informer of upstream's.
 */
import { type GroupResource, type Key, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Store } from '../../store/store.ts';

interface Named<T> {
  key: Key;
  object: T;
}

export class NamespacedObjects<T> {
  readonly #store: Pick<Store, 'scan'>;
  readonly #prefix: string;
  readonly #read: (text: string, key: Key) => T;
  /** By namespace, in the order of names. undefined: not read yet. */
  #objects: Map<string, Named<T>[]> | undefined;

  constructor(
    store: Pick<Store, 'scan' | 'onCommit' | 'onRollback'>,
    resource: GroupResource,
    read: (text: string, key: Key) => T = (text) => JSON.parse(text) as T,
  ) {
    this.#store = store;
    this.#prefix = keyPrefix(resource);
    this.#read = read;
    store.onCommit(
      (entries) => {
        if (!this.#objects) return;
        for (const { key, change, text } of entries) {
          this.#take(this.#objects, key, change === 'delete' ? undefined : text);
        }
      },
      [resource],
    );
    store.onRollback(() => {
      this.#objects = undefined;
    });
  }

  get isEmpty(): boolean {
    return (this.#objects ?? this.#load()).size === 0;
  }

  /** Not to be changed. */
  of(namespace: string): readonly T[] {
    return this.named(namespace).map(({ object }) => object);
  }

  named(namespace: string): readonly Named<T>[] {
    const objects = this.#objects ?? this.#load();
    return (objects.size > 0 && objects.get(namespace)) || [];
  }

  #load(): Map<string, Named<T>[]> {
    const objects = new Map<string, Named<T>[]>();
    for (const { key, text } of this.#store.scan({ prefix: this.#prefix })) this.#take(objects, key, text);
    this.#objects = objects;
    return objects;
  }

  #take(objects: Map<string, Named<T>[]>, key: Key, text: string | undefined): void {
    const { namespace } = parseKey(key);
    const others = (objects.get(namespace) ?? []).filter((one) => one.key !== key);
    if (text !== undefined) {
      others.push({ key, object: this.#read(text, key) });
      others.sort((a, b) => (a.key < b.key ? -1 : 1));
    }
    if (others.length === 0) objects.delete(namespace);
    else objects.set(namespace, others);
  }
}
