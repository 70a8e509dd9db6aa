/** Pods per node and per domain of a topology, kept up one by one, so that a decision counts neither nodes nor pods. */
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { NodeInfo } from './node-info.ts';

/** The domains that nodes are in, as long as no node changes. */
export class Domains {
  readonly id: string;
  /** By the node's name. */
  readonly byNode: ReadonlyMap<string, string>;
  readonly values: ReadonlySet<string>;

  constructor(id: string, nodes: readonly NodeInfo[], domainOf: (node: NodeInfo) => string | undefined) {
    const byNode = new Map<string, string>();
    for (const node of nodes) {
      const value = domainOf(node);
      if (value !== undefined) byNode.set(node.name, value);
    }
    this.id = id;
    this.byNode = byNode;
    this.values = new Set(byNode.values());
  }
}

/** Numbers by name; those that are not there are 0. */
class Counts extends Map<string, number> {
  total = 0;

  add(name: string, count: number): void {
    const sum = (this.get(name) ?? 0) + count;
    this.total += count;
    if (sum === 0) this.delete(name);
    else this.set(name, sum);
  }

  clone(): Counts {
    const copy = new Counts(this);
    copy.total = this.total;
    return copy;
  }
}

export type DomainCounts = Readonly<Pick<Counts, 'get' | 'size' | 'total' | 'values'>>;

/** Sets of domains that are asked for at a time: zones and nodes, most often. */
const MAX_DOMAINS = 4;

/** How many of some pods are where. */
export class PodCounts {
  readonly #perNode = new Counts();
  readonly #perDomain = new RecentMap<{ domains: Domains; counts: Counts }>(MAX_DOMAINS);

  get perNode(): ReadonlyMap<string, number> {
    return this.#perNode;
  }

  add(node: string, count: number): void {
    this.#perNode.add(node, count);
    for (const { domains, counts } of this.#perDomain.values()) {
      const value = domains.byNode.get(node);
      if (value !== undefined) counts.add(value, count);
    }
  }

  byDomain(domains: Domains): DomainCounts {
    let known = this.#perDomain.get(domains.id);
    if (known?.domains !== domains) {
      known = { domains, counts: new Counts() };
      for (const [node, count] of this.#perNode) {
        const value = domains.byNode.get(node);
        if (value !== undefined) known.counts.add(value, count);
      }
    }
    this.#perDomain.set(domains.id, known);
    return known.counts;
  }
}

/** Pods per domain as a decision counts them: those of the snapshot, and those that come or go in a trial. */
export class Tally {
  readonly #parts: readonly DomainCounts[];
  #changes: Counts | undefined;

  constructor(parts: readonly DomainCounts[]) {
    this.#parts = parts.filter(({ total }) => total > 0);
  }

  clone(): Tally {
    const copy = new Tally(this.#parts);
    copy.#changes = this.#changes?.clone();
    return copy;
  }

  at(value: string): number {
    let sum = this.#changes?.get(value) ?? 0;
    for (const part of this.#parts) sum += part.get(value) ?? 0;
    return sum;
  }

  add(value: string, count: number): void {
    this.#changes ??= new Counts();
    this.#changes.add(value, count);
  }

  get total(): number {
    return this.#parts.reduce((sum, part) => sum + part.total, this.#changes?.total ?? 0);
  }

  /** The least number of these domains. */
  least({ values }: Domains): number {
    const [only] = this.#parts;
    if (!this.#changes && (!only || (this.#parts.length === 1 && only.size < values.size))) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (const value of values) least = Math.min(least, this.at(value));
    return least;
  }
}
