import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Store } from '../store/store.ts';

export type DerivedStore = Pick<Store, 'scan' | 'onCommit' | 'onRollback'>;

/**
 * A value that is made of all objects under some prefixes: when it is first asked for, and again once one of them has
 * changed. `derive` is given the objects of each prefix, in the order of their keys, and does not
 * change them.
 */
export class Derived<T extends object> {
  readonly #store: DerivedStore;
  readonly #prefixes: readonly string[];
  readonly #derive: (objects: KubeObject[][]) => T;
  #value: T | undefined;

  constructor(store: DerivedStore, prefixes: readonly string[], derive: (objects: KubeObject[][]) => T) {
    this.#store = store;
    this.#prefixes = prefixes;
    this.#derive = derive;
    const resources = prefixes.map((prefix) => prefix.slice(0, prefix.indexOf('/')));
    store.onCommit((entries) => {
      if (this.#value && entries.some(({ key }) => prefixes.some((prefix) => key.startsWith(prefix)))) {
        this.#value = undefined;
      }
    }, resources);
    store.onRollback(() => {
      this.#value = undefined;
    });
  }

  /** The value; after each change of an object it is a new one. */
  get(): T {
    this.#value ??= this.#derive(this.#prefixes.map((prefix) => this.#read(prefix)));
    return this.#value;
  }

  #read(prefix: string): KubeObject[] {
    return Array.from(
      this.#store.scan({ prefix }),
      (stored) => stored.object?.() ?? (JSON.parse(stored.text) as KubeObject),
    );
  }
}
