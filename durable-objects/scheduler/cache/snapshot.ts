/** Nodes, the pods on them, and the pods nominated to them, as the scheduler sees them. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Key } from '../../../kube/machinery/resource.ts';
import type { Selector } from '../../../kube/machinery/selectors/labels.ts';
import { ClaimTracker } from '../devices/claim-tracker.ts';
import { GroupCounts } from './group-counts.ts';
import { NodeInfo } from './node-info.ts';
import { Nominator } from './nominator.ts';
import type { NodeFacts, PodInfo } from './projections.ts';

/** An image that nodes hold (`ImageStateSummary`). */
export interface ImageState {
  /** In bytes, as the first of the nodes tells it. */
  size: number;
  nodes: number;
}

export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<Key, PodInfo>();
  /** Assigned pods with inter-pod affinity of their own. */
  readonly #affine = new Map<Key, PodInfo>();
  readonly #counts = new GroupCounts();
  /** The number of pods that use each claim, by the claim's namespace and name. */
  readonly #claims = new Map<string, number>();
  readonly nominator = new Nominator();
  /**
   * Decisions on volumes that are being written: of a volume's key the uid of its claim, of a claim's key the node that is
   * chosen for it.
   */
  readonly assumed = new Map<Key, string>();
  /** The devices that ResourceClaims hold. */
  readonly devices = new ClaimTracker();
  #listed: NodeInfo[] | undefined;
  #images: Map<string, ImageState> | undefined;
  /** Other objects: owners, Services, claims, budgets. */
  readonly lookup: (key: Key) => KubeObject | undefined;
  readonly list: (prefix: string) => readonly KubeObject[];

  constructor(reader: Partial<Pick<Snapshot, 'lookup' | 'list'>> = {}) {
    this.lookup = reader.lookup ?? (() => undefined);
    this.list = reader.list ?? (() => []);
  }

  /** Nodes that exist, in the order they became known. */
  get nodes(): readonly NodeInfo[] {
    this.#listed ??= [...this.#nodes.values()].filter((node) => node.facts !== undefined);
    return this.#listed;
  }

  get pods(): ReadonlyMap<Key, PodInfo> {
    return this.#pods;
  }

  get affinePods(): ReadonlyMap<Key, PodInfo> {
    return this.#affine;
  }

  node(name: string): NodeInfo | undefined {
    const node = this.#nodes.get(name);
    return node?.facts ? node : undefined;
  }

  setNode(facts: NodeFacts): void {
    this.#entry(facts.name).facts = facts;
    this.#listed = undefined;
    this.#images = undefined;
  }

  removeNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    node.facts = undefined;
    if (node.pods.size === 0) this.#nodes.delete(name);
    this.#listed = undefined;
    this.#images = undefined;
  }

  /** Adds or replaces an assigned pod. */
  setPod(pod: PodInfo): void {
    this.removePod(pod.key);
    this.#pods.set(pod.key, pod);
    this.#entry(pod.node).addPod(pod);
    this.#countClaims(pod, 1);
    if (pod.affinity) this.#affine.set(pod.key, pod);
    this.#counts.add(pod, 1);
  }

  removePod(key: Key): PodInfo | undefined {
    const pod = this.#pods.get(key);
    if (!pod) return undefined;
    this.#pods.delete(key);
    this.#affine.delete(key);
    this.#counts.add(pod, -1);
    const node = this.#nodes.get(pod.node);
    node?.removePod(pod);
    this.#countClaims(pod, -1);
    if (node && !node.facts && node.pods.size === 0) this.#nodes.delete(pod.node);
    return pod;
  }

  /**
   * The number of pods of a namespace that a selector matches, by node; those being deleted count where `deleting`.
   */
  countsOf(namespace: string, selector: Selector, selectorKey: string, deleting = false): ReadonlyMap<string, number> {
    return this.#counts.of(namespace, selector, selectorKey, this.#pods, deleting);
  }

  /** The number of pods on nodes that use a claim. */
  usersOfClaim(namespace: string, name: string): number {
    return this.#claims.get(`${namespace}/${name}`) ?? 0;
  }

  image(name: string): ImageState | undefined {
    if (!this.#images) {
      this.#images = new Map();
      for (const node of this.nodes) {
        for (const [image, size] of node.facts?.images ?? []) {
          const known = this.#images.get(image);
          if (known) known.nodes++;
          else this.#images.set(image, { size, nodes: 1 });
        }
      }
    }
    return this.#images.get(name);
  }

  #countClaims({ namespace, claims }: PodInfo, sign: 1 | -1): void {
    for (const name of claims ?? []) {
      const key = `${namespace}/${name}`;
      const count = (this.#claims.get(key) ?? 0) + sign;
      if (count > 0) this.#claims.set(key, count);
      else this.#claims.delete(key);
    }
  }

  #entry(name: string): NodeInfo {
    let node = this.#nodes.get(name);
    if (!node) {
      node = new NodeInfo(name);
      this.#nodes.set(name, node);
    }
    return node;
  }
}
