/** Nodes, the pods on them, and the pods nominated to them, as the scheduler sees them. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { Key } from '../../../kube/machinery/resource.ts';
import type { Taint } from '../../../kube/types.ts';
import { ClaimTracker } from '../devices/claim-tracker.ts';
import { type Counted, GroupCounts } from './group-counts.ts';
import { NodeInfo } from './node-info.ts';
import { NodeSlots } from './node-slots.ts';
import { Nominator } from './nominator.ts';
import { Domains, type PodCounts } from './pod-counts.ts';
import type { NodeFacts, PodInfo } from './projections.ts';
import { TermCounts } from './term-counts.ts';

/** An image that nodes hold (`ImageStateSummary`). */
export interface ImageState {
  /** In bytes, as the first of the nodes tells it. */
  size: number;
  nodes: number;
}

/** Sets of domains that are kept; each is a map of the nodes. */
const MAX_DOMAINS = 16;

export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly slots = new NodeSlots();
  readonly #pods = new Map<Key, PodInfo>();
  /** Of the assigned pods. */
  readonly terms = new TermCounts();
  readonly #counts = new GroupCounts();
  readonly #domains = new RecentMap<Domains>(MAX_DOMAINS);
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
  #anyDissuades: boolean | undefined;
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

  node(name: string): NodeInfo | undefined {
    const node = this.#nodes.get(name);
    return node?.facts ? node : undefined;
  }

  setNode(facts: NodeFacts): void {
    const node = this.#entry(facts.name);
    if (!node.facts || !isWhereItWas(node.facts, facts)) this.#domains.clear();
    node.facts = facts;
    this.slots.changed(node.slot);
    this.#listed = undefined;
    this.#images = undefined;
    this.#anyDissuades = undefined;
  }

  removeNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    node.facts = undefined;
    this.slots.changed(node.slot);
    this.#domains.clear();
    if (node.pods.size === 0) this.#drop(node);
    this.#listed = undefined;
    this.#images = undefined;
    this.#anyDissuades = undefined;
  }

  /** Adds or replaces an assigned pod. */
  setPod(pod: PodInfo): void {
    this.removePod(pod.key);
    this.#pods.set(pod.key, pod);
    const node = this.#entry(pod.node);
    node.addPod(pod);
    this.slots.changed(node.slot);
    this.#countClaims(pod, 1);
    this.terms.add(pod, 1);
    this.#counts.add(pod, 1);
  }

  removePod(key: Key): PodInfo | undefined {
    const pod = this.#pods.get(key);
    if (!pod) return undefined;
    this.#pods.delete(key);
    this.terms.add(pod, -1);
    this.#counts.add(pod, -1);
    const node = this.#nodes.get(pod.node);
    node?.removePod(pod);
    if (node) this.slots.changed(node.slot);
    this.#countClaims(pod, -1);
    if (node && !node.facts && node.pods.size === 0) this.#drop(node);
    return pod;
  }

  /** The pods of namespaces that a selector matches. */
  countsOf(counted: Counted): PodCounts {
    return this.#counts.of(counted);
  }

  /** The domains of the nodes by their labels and taints alone, as `id` says. */
  domains(id: string, domainOf: (node: NodeInfo) => string | undefined): Domains {
    const domains = this.#domains.get(id) ?? new Domains(id, this.nodes, domainOf);
    this.#domains.set(id, domains);
    return domains;
  }

  /** The number of pods on nodes that use a claim. */
  usersOfClaim(namespace: string, name: string): number {
    return this.#claims.get(`${namespace}/${name}`) ?? 0;
  }

  /** Whether any node has a taint that would rather keep pods away. */
  get anyDissuades(): boolean {
    this.#anyDissuades ??= this.nodes.some(({ facts }) => facts?.taints.some(dissuades));
    return this.#anyDissuades;
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
      node.slot = this.slots.take();
      this.#nodes.set(name, node);
    }
    return node;
  }

  #drop({ name, slot }: NodeInfo): void {
    this.#nodes.delete(name);
    this.slots.free(slot);
  }
}

function isWhereItWas(before: NodeFacts, after: NodeFacts): boolean {
  const where = ({ labels, taints }: NodeFacts): string => JSON.stringify([labels, taints]);
  return where(before) === where(after);
}

/** A taint that a pod may not tolerate and run on the node all the same. */
export function dissuades({ effect }: Taint): boolean {
  return effect === 'PreferNoSchedule';
}
