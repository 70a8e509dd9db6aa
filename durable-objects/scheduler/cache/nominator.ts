import type { PodInfo } from './projections.ts';

const NONE: readonly PodInfo[] = [];

/**
 * Pods that wait for room on a node that was chosen for them (`backend/queue/nominator.go`): pods of the same or a
 * lower priority leave that room to them.
 */
export class Nominator {
  readonly #byKey = new Map<string, { node: string; info: PodInfo; stored: boolean }>();
  readonly #byNode = new Map<string, PodInfo[]>();

  get size(): number {
    return this.#byKey.size;
  }

  on(node: string): readonly PodInfo[] {
    return this.#byNode.get(node) ?? NONE;
  }

  nodeOf(key: string): string {
    return this.#byKey.get(key)?.node ?? '';
  }

  info(key: string): PodInfo | undefined {
    return this.#byKey.get(key)?.info;
  }

  /** A decision that is still to be written into the pod's status. */
  nominate(info: PodInfo, node: string): void {
    this.#set(info, node, false);
  }

  /** Takes in the pod's status. False when that takes back the node that was chosen before. */
  observe(info: PodInfo, node: string): boolean {
    const known = this.#byKey.get(info.key);
    // An entry from before the decision does not know it.
    if (known && node === '' && !known.stored && known.info.uid === info.uid) return true;
    const left = known !== undefined && known.node !== node;
    if (node === '') this.remove(info.key);
    else this.#set(info, node, true);
    return !left;
  }

  /** The node that the pod was to run on; '' when there was none. */
  remove(key: string): string {
    const known = this.#byKey.get(key);
    if (!known) return '';
    this.#byKey.delete(key);
    const others = this.on(known.node).filter((pod) => pod.key !== key);
    if (others.length > 0) this.#byNode.set(known.node, others);
    else this.#byNode.delete(known.node);
    return known.node;
  }

  #set(info: PodInfo, node: string, stored: boolean): void {
    this.remove(info.key);
    this.#byKey.set(info.key, { node, info, stored });
    this.#byNode.set(node, [...this.on(node), info]);
  }
}
