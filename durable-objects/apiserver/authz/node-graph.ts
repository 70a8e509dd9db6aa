/**
 * The nodes whose pods refer to an object (upstream `plugin/pkg/auth/authorizer/node/graph.go`): an index kept from
 * commits. A namespace is read once, when a kubelet first asks for something in it after the object woke.
 */

import { referencesOf } from '../../../kube/kinds/core/pod-references.ts';
import { type Key, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Store } from '../../store/store.ts';

const PODS = keyPrefix('pods');

/** The fields through which a pod that has its node may come to refer to more. */
const GROWING = ['"ephemeralContainers":[', '"resourceClaimStatuses":[', '"extendedResourceClaimStatus":{'];

/** The number of pods of each node that refer to one object. */
type Referrers = Map<string, number>;

interface IndexedPod {
  node: string;
  references: readonly Key[];
  /** It had one of {@link GROWING}, which may go. */
  isGrown: boolean;
}

export class NodeGraph {
  readonly #store: Pick<Store, 'scan'>;
  readonly #loaded = new Set<string>();
  readonly #pods = new Map<Key, IndexedPod>();
  readonly #referrers = new Map<Key, Referrers>();

  constructor(store: Pick<Store, 'scan' | 'onCommit' | 'onRollback'>) {
    this.#store = store;
    store.onCommit((entries) => {
      if (this.#loaded.size === 0) return;
      for (const { key, change, text } of entries) {
        if (key.startsWith(PODS) && this.#loaded.has(parseKey(key).namespace)) {
          this.#index(key, change === 'delete' ? undefined : text);
        }
      }
    });
    store.onRollback(() => {
      for (const part of [this.#loaded, this.#pods, this.#referrers]) part.clear();
    });
  }

  /** The number of objects that are referred to. */
  get size(): number {
    return this.#referrers.size;
  }

  /** `key` names a Secret, ConfigMap, ServiceAccount, PersistentVolumeClaim or ResourceClaim. */
  refers(node: string, key: Key): boolean {
    const { namespace } = parseKey(key);
    if (!this.#loaded.has(namespace)) this.#load(namespace);
    return this.#referrers.get(key)?.has(node) ?? false;
  }

  #load(namespace: string): void {
    let isEmpty = true;
    for (const stored of this.#store.scan({ prefix: keyPrefix('pods', namespace) })) {
      isEmpty = false;
      this.#index(stored.key, stored.text);
    }
    // A kubelet may name any number of namespaces that do not exist.
    if (!isEmpty) this.#loaded.add(namespace);
  }

  #index(key: Key, text: string | undefined): void {
    const before = this.#pods.get(key);
    const isGrown = text !== undefined && GROWING.some((field) => text.includes(field));
    if (before && text !== undefined && !isGrown && !before.isGrown) return;
    if (before) this.#forget(key, before);
    if (text === undefined || !text.includes('"nodeName":"')) return;
    const pod = JSON.parse(text) as Pod;
    const node = pod.spec?.nodeName;
    if (!node) return;
    const references = referencesOf(pod);
    for (const reference of references) {
      const referrers = this.#referrersOf(reference);
      referrers.set(node, (referrers.get(node) ?? 0) + 1);
    }
    this.#pods.set(key, { node, references, isGrown });
  }

  #referrersOf(key: Key): Referrers {
    let referrers = this.#referrers.get(key);
    if (!referrers) {
      referrers = new Map();
      this.#referrers.set(key, referrers);
    }
    return referrers;
  }

  #forget(key: Key, pod: IndexedPod): void {
    this.#pods.delete(key);
    for (const reference of pod.references) {
      const referrers = this.#referrersOf(reference);
      const count = (referrers.get(pod.node) ?? 0) - 1;
      if (count > 0) referrers.set(pod.node, count);
      else referrers.delete(pod.node);
      // Pods come and go with Secrets of their own, and an object may be awake for months.
      if (referrers.size === 0) this.#referrers.delete(reference);
    }
  }
}
