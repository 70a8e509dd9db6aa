/** The answers of plugins while one pod is decided on, taken down for people. */
import type { Refusal } from '../../../kube/scheduling/advice.ts';
import type { NodeVerdict, SchedulingDecision } from '../../../wire/why.ts';
import type { FilterRejection } from './rejection.ts';

/** Nodes of a decision; a large cluster has many that fail alike. */
const MAX_NODES = 100;
/** Characters of a reason. An extender may give any. */
const MAX_REASON = 1024;
/** Reasons of a node: a pod may ask for thousands of resources. */
const MAX_REASONS = 20;

/** A plugin or an extender. */
interface Scorer {
  name: string;
  prefers?: string;
}

export class DecisionTrace {
  readonly #rejected: NodeVerdict[] = [];
  readonly #scores: [scorer: Scorer, weight: number, scores: readonly number[]][] = [];
  #nodes: readonly { name: string }[] = [];
  /** The names of those that are kept. */
  #feasible: readonly string[] = [];
  #passed = 0;
  #failed = 0;
  #isNominated = false;
  #refusal: Refusal | undefined;

  /** No node was looked at: the pod as a whole was refused. */
  refused(filter: string, reasons: readonly string[]): void {
    this.#refusal = { filter, reasons: few(reasons) };
  }

  /** Plugins left only these nodes to be looked at. */
  leftOut(nodes: readonly { name: string }[], only: ReadonlySet<string>, rejection: FilterRejection): void {
    for (const { name } of nodes) {
      if (this.#rejected.length >= MAX_NODES) return;
      if (!only.has(name)) this.rejected(name, rejection);
    }
  }

  rejected(node: string, { plugin, rejection }: FilterRejection): void {
    this.#failed++;
    if (this.#rejected.length >= MAX_NODES) return;
    const { reasons, unresolvable, details } = rejection;
    this.#rejected.push({
      node,
      filter: plugin,
      reasons: few(reasons),
      ...(details
        ? {
            details: details(MAX_REASONS)
              .slice(0, MAX_REASONS)
              .map((one) => (typeof one === 'string' ? shortened(one) : one)),
          }
        : {}),
      ...(unresolvable ? { unresolvable: true } : {}),
    });
  }

  /** The nodes that pass while others are still looked at. */
  passing(nodes: readonly { name: string }[]): void {
    this.#nodes = nodes;
  }

  feasible(nodes: readonly { name: string }[]): void {
    this.#nodes = nodes;
    this.#passed = nodes.length;
  }

  /** The pod goes to the node that it was nominated to: no other is looked at. */
  nominated(node: { name: string }): void {
    this.feasible([node]);
    this.#isNominated = true;
  }

  /** `scores` of the feasible nodes, in their order, brought to 0…100. */
  scored(scorer: Scorer, weight: number, scores: readonly number[]): void {
    this.#scores.push([scorer, weight, scores]);
  }

  /** Of the feasible nodes the best are kept, the chosen one first of them. */
  settle(chosen: { name: string } | undefined): void {
    const nodes = this.#nodes;
    this.#nodes = [];
    if (nodes.length <= MAX_NODES) {
      this.#feasible = nodes.map(({ name }) => name);
      return;
    }
    const totals = new Float64Array(nodes.length);
    for (const [, weight, scores] of this.#scores) {
      for (let at = 0; at < totals.length; at++) totals[at] = (totals[at] ?? 0) + weight * (scores[at] ?? 0);
    }
    const best = bestOf(totals, chosen ? nodes.indexOf(chosen) : -1);
    this.#feasible = best.map((at) => nodes[at]?.name ?? '');
    for (const scored of this.#scores) scored[2] = best.map((at) => scored[2][at] ?? 0);
  }

  /** The number of nodes that the pod was compared with. */
  get looked(): number {
    return Math.max(this.#passed, this.#nodes.length) + this.#failed;
  }

  get passed(): Pick<SchedulingDecision, 'passed' | 'nominated' | 'refusal'> {
    return {
      passed: this.#passed,
      ...(this.#isNominated ? { nominated: true } : {}),
      ...(this.#refusal ? { refusal: this.#refusal } : {}),
    };
  }

  get weights(): Record<string, number> {
    return Object.fromEntries(this.#scores.map(([{ name }, weight]) => [name, weight]));
  }

  get preferences(): Record<string, string> {
    return Object.fromEntries(this.#scores.map(([{ name, prefers }]) => [name, prefers ?? 'own']));
  }

  /** Those that were chosen from come first. */
  verdicts(): NodeVerdict[] {
    const feasible = this.#feasible.map((node, at) => ({ node, ...this.#scoresAt(at) }));
    return [...feasible, ...this.#rejected].slice(0, MAX_NODES);
  }

  #scoresAt(at: number): Pick<NodeVerdict, 'scores' | 'total'> {
    if (this.#scores.length === 0) return {};
    const scores = Object.fromEntries(this.#scores.map(([{ name }, , all]) => [name, all[at] ?? 0]));
    return { scores, total: this.#scores.reduce((sum, [, weight, all]) => sum + weight * (all[at] ?? 0), 0) };
  }
}

/** The first of the reasons, each in short. */
function few(reasons: readonly string[]): readonly string[] {
  const isShort = reasons.length <= MAX_REASONS && reasons.every(({ length }) => length <= MAX_REASON);
  return isShort ? reasons : reasons.slice(0, MAX_REASONS).map(shortened);
}

export function shortened(text: string): string {
  if (text.length <= MAX_REASON) return text;
  // A slice would hold the whole text in memory.
  return JSON.parse(JSON.stringify(`${text.slice(0, MAX_REASON - 4)} ...`));
}

/** The places of the highest totals, the highest first, after that which was chosen. */
function bestOf(totals: Float64Array, chosen: number): number[] {
  if (chosen >= 0) totals[chosen] = Number.MAX_SAFE_INTEGER;
  // Sorted as numbers, which costs a tenth of sorting the places.
  const least = totals.toSorted()[totals.length - MAX_NODES] ?? 0;
  const best: number[] = [];
  const equal: number[] = [];
  for (let at = 0; at < totals.length; at++) {
    const total = totals[at] ?? 0;
    if (total > least) best.push(at);
    else if (total === least) equal.push(at);
  }
  best.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
  return [...best, ...equal].slice(0, MAX_NODES);
}
