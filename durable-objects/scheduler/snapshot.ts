/**
 * Nodes and what runs on them, as the scheduler sees it. Kept up entry by entry; a pod that was just decided is assumed
 * here before its binding is committed, so that the next decision counts it.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Key } from '../../kube/machinery/resource.ts';
import type { Selector } from '../../kube/machinery/selectors/labels.ts';
import { Usage } from '../../kube/scheduling/fit.ts';
import { type Amounts, NOTHING } from '../../kube/scheduling/requests.ts';
import { GroupCounts } from './group-counts.ts';
import type { NodeFacts, PodInfo } from './projections.ts';

export class NodeInfo {
  readonly name: string;
  /** Undefined while only pods that name this node are known. */
  facts: NodeFacts | undefined;
  readonly pods = new Map<Key, PodInfo>();
  readonly requested = new Usage();
  readonly usual = { cpu: 0, memory: 0 };
  /** Pods that hold host ports. */
  withPorts = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(pod: PodInfo, sign: 1 | -1): void {
    if (sign === 1) this.pods.set(pod.key, pod);
    else this.pods.delete(pod.key);
    this.requested.add(pod.requests, sign);
    this.usual.cpu += sign * pod.usual.cpu;
    this.usual.memory += sign * pod.usual.memory;
    if (pod.ports.length > 0) this.withPorts += sign;
  }

  get allocatable(): Amounts {
    return this.facts?.allocatable ?? NOTHING;
  }
}

export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<Key, PodInfo>();
  /** Assigned pods with inter-pod affinity of their own. */
  readonly #affine = new Map<Key, PodInfo>();
  readonly #counts = new GroupCounts();
  #listed: NodeInfo[] | undefined;
  /** How many nodes hold each image. */
  #imageNodes: Map<string, number> | undefined;
  /** Reads other objects: owners, Services, claims. */
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
    this.#imageNodes = undefined;
  }

  removeNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    node.facts = undefined;
    if (node.pods.size === 0) this.#nodes.delete(name);
    this.#listed = undefined;
    this.#imageNodes = undefined;
  }

  /** Adds or replaces an assigned pod. */
  setPod(pod: PodInfo): void {
    this.removePod(pod.key);
    this.#pods.set(pod.key, pod);
    this.#entry(pod.node).add(pod, 1);
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
    node?.add(pod, -1);
    if (node && !node.facts && node.pods.size === 0) this.#nodes.delete(pod.node);
    return pod;
  }

  /**
   * How many pods of a namespace that a selector matches run on each node; those being deleted count where `deleting`.
   */
  countsOf(namespace: string, selector: Selector, selectorKey: string, deleting = false): ReadonlyMap<string, number> {
    return this.#counts.of(namespace, selector, selectorKey, this.#pods, deleting);
  }

  /** On how many nodes an image lies. */
  nodesWithImage(image: string): number {
    if (!this.#imageNodes) {
      this.#imageNodes = new Map();
      for (const node of this.nodes) {
        for (const name of node.facts?.images.keys() ?? []) {
          this.#imageNodes.set(name, (this.#imageNodes.get(name) ?? 0) + 1);
        }
      }
    }
    return this.#imageNodes.get(image) ?? 0;
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
