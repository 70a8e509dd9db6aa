/**
 * The labels of the objects among which bindings select parameters, as upstream has them in an informer: read when a
 * write first needs them, and kept up with each commit, so that a write parses the objects that are selected alone.
 */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { RecentMap } from '../../../../kube/machinery/recent-map.ts';
import { type Key, keyPrefix, parseKey } from '../../../../kube/machinery/resource.ts';
import type { Labels, Selector } from '../../../../kube/machinery/selectors/labels.ts';
import { sharedObject } from '../../../../kube/machinery/shared-object.ts';
import type { Entry, StoreReader } from '../../../store/store.ts';
import type { DerivedStore } from '../../derived.ts';

/** Kinds, or namespaces of them, whose labels are kept: a binding may take those of each request's namespace. */
const MAX_PREFIXES = 256;

const labelsOf = ({ metadata }: KubeObject): Labels => metadata.labels ?? {};

export class ParamLabels {
  readonly #store: DerivedStore;
  readonly #byPrefix = new RecentMap<Map<Key, Labels>>(MAX_PREFIXES);

  constructor(store: DerivedStore) {
    this.#store = store;
    store.onCommit((entries) => {
      if (this.#byPrefix.size > 0) for (const entry of entries) this.#follow(entry);
    });
    store.onRollback(() => this.#byPrefix.clear());
  }

  /**
   * The texts of the objects under a prefix, that of a resource or of a namespace in it, that the selector matches, in
   * the order of their keys.
   */
  selected(prefix: string, selector: Selector, reader: Pick<StoreReader, 'get'>): string[] {
    let known = this.#byPrefix.get(prefix);
    if (!known) {
      known = this.#read(prefix);
      this.#byPrefix.set(prefix, known);
    }
    const keys: Key[] = [];
    for (const [key, labels] of known) if (selector.matches(labels)) keys.push(key);
    // A scan reads many objects sooner than as many reads of one.
    if (keys.length > known.size / 4) return this.#scanned(prefix, new Set(keys));
    return keys.sort().flatMap((key) => reader.get(key)?.text ?? []);
  }

  #scanned(prefix: string, keys: ReadonlySet<Key>): string[] {
    const texts: string[] = [];
    for (const { key, text } of this.#store.scan({ prefix })) if (keys.has(key)) texts.push(text);
    return texts;
  }

  #read(prefix: string): Map<Key, Labels> {
    const known = new Map<Key, Labels>();
    for (const stored of this.#store.scan({ prefix })) {
      known.set(stored.key, labelsOf(stored.object?.() ?? (JSON.parse(stored.text) as KubeObject)));
    }
    return known;
  }

  #follow(entry: Entry): void {
    const { resource, namespace } = parseKey(entry.key);
    for (const prefix of new Set([keyPrefix(resource), keyPrefix(resource, namespace || undefined)])) {
      const known = this.#byPrefix.get(prefix);
      if (entry.change === 'delete') known?.delete(entry.key);
      else known?.set(entry.key, labelsOf(sharedObject(entry)));
    }
  }
}
