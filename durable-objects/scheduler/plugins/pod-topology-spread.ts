import { labelOf } from '../../../kube/machinery/selectors/labels.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { NodeFacts, PodInfo } from '../cache/projections.ts';
import { DEFAULT_ARGS, type PodTopologySpreadArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { MAX_SCORE, type Plugin, unresolvable, unschedulable } from '../framework/interface.ts';
import type { ObservedEvent } from '../queue/observed-events.ts';
import {
  type Constraint,
  constraintsOf,
  HOSTNAME,
  hasOwnConstraints,
  matchesInclusionPolicies,
  podsPerNode,
} from './common/spreading.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";
const HARD = 'PodTopologySpread/hard';
const SOFT = 'PodTopologySpread/soft';

/** The spread of the pods that a DoNotSchedule constraint counts. */
class Hard {
  readonly constraint: Constraint;
  /** Pods per value of the topology key. */
  readonly matching: Map<string, number>;
  #least: number | undefined;

  constructor(constraint: Constraint, matching: Map<string, number>) {
    this.constraint = constraint;
    this.matching = matching;
  }

  /** With fewer domains than asked for, the missing ones count as empty (KEP-3022). */
  get least(): number {
    if (this.#least === undefined) {
      this.#least = this.matching.size < Math.max(1, this.constraint.minDomains) ? 0 : Number.POSITIVE_INFINITY;
      for (const count of this.matching.values()) if (count < this.#least) this.#least = count;
    }
    return this.#least;
  }

  add(value: string, count: number): void {
    this.matching.set(value, (this.matching.get(value) ?? 0) + count);
    this.#least = undefined;
  }
}

class HardState {
  readonly constraints: readonly Hard[];

  constructor(constraints: readonly Hard[]) {
    this.constraints = constraints;
  }

  clone(): HardState {
    return new HardState(this.constraints.map(({ constraint, matching }) => new Hard(constraint, new Map(matching))));
  }
}

interface Soft {
  constraint: Constraint;
  /** Counts by value of the topology key; undefined for the hostname, where each node is its own. */
  matching: Map<string, number> | undefined;
  perNode: ReadonlyMap<string, number>;
  weight: number;
}

interface SoftState {
  constraints: Soft[];
  ignored: Set<NodeInfo>;
}

/** Spreads pods over zones and nodes (`podtopologyspread/filtering.go`, `scoring.go`). */
export function podTopologySpread(args: PodTopologySpreadArgs): Plugin {
  return {
    name: 'PodTopologySpread',
    wakesOn: ['node-added', 'node-labels', 'node-taints', 'node-removed', 'pod-assigned', 'pod-removed', 'pod-labels'],
    hint({ pod, info }, observed, snapshot) {
      const constraints = constraintsOf({ pod, snapshot }, args, 'DoNotSchedule');
      if (observed.node) return changesNodes(constraints, observed.node);
      return !observed.pod || changesCounts(constraints, info.namespace, observed.pod);
    },

    preFilter(cycle) {
      const constraints = constraintsOf(cycle, args, 'DoNotSchedule');
      if (constraints.length === 0) return 'skip';
      cycle.set(HARD, new HardState(constraints.map((constraint) => countHard(cycle, constraint, constraints))));
      return undefined;
    },

    addPod: (cycle, pod, node) => follow(cycle, pod, node, 1),
    removePod: (cycle, pod, node) => follow(cycle, pod, node, -1),

    filter(cycle, node) {
      const labels = node.facts?.labels ?? {};
      for (const { constraint, matching, least } of cycle.get<HardState>(HARD)?.constraints ?? []) {
        const value = labelOf(labels, constraint.topologyKey);
        if (value === undefined) return unresolvable(`${MISMATCH} (missing required label)`);
        const self = constraint.selector.matches(cycle.info.labels) ? 1 : 0;
        if ((matching.get(value) ?? 0) + self - least > constraint.maxSkew) return unschedulable(MISMATCH);
      }
      return undefined;
    },

    preScore(cycle, nodes) {
      const constraints = constraintsOf(cycle, args, 'ScheduleAnyway');
      if (constraints.length === 0) return 'skip';
      // Upstream's defaults alone let nodes through that have no zone.
      const requireAll = args.defaultingType === 'List' || hasOwnConstraints(cycle.pod);
      cycle.set(SOFT, countSoft(cycle, constraints, nodes, requireAll));
      return undefined;
    },

    score(cycle, node) {
      const state = cycle.get<SoftState>(SOFT);
      if (!state || state.ignored.has(node)) return 0;
      let score = 0;
      for (const { constraint, matching, perNode, weight } of state.constraints) {
        const value = labelOf(node.facts?.labels, constraint.topologyKey);
        if (value === undefined) continue;
        const count = (matching ? matching.get(value) : perNode.get(node.name)) ?? 0;
        score += count * weight + (constraint.maxSkew - 1);
      }
      return Math.round(score);
    },

    normalize(cycle, scores, nodes) {
      const ignored = cycle.get<SoftState>(SOFT)?.ignored ?? new Set();
      let min = Number.POSITIVE_INFINITY;
      let max = 0;
      for (const [i, score] of scores.entries()) {
        if (ignored.has(nodes[i] as NodeInfo)) continue;
        min = Math.min(min, score);
        max = Math.max(max, score);
      }
      for (const [i, score] of scores.entries()) {
        if (ignored.has(nodes[i] as NodeInfo)) scores[i] = 0;
        else scores[i] = max === 0 ? MAX_SCORE : Math.floor((MAX_SCORE * (max + min - score)) / max);
      }
    },
  };
}

export const PodTopologySpread = podTopologySpread(DEFAULT_ARGS.PodTopologySpread);

/** Whether a node comes to count for the constraints or counts no more, or counts for other domains or by other taints. */
function changesNodes(
  constraints: readonly Constraint[],
  { before, after }: NonNullable<ObservedEvent['node']>,
): boolean {
  const counts = (node: NodeFacts | undefined): boolean =>
    node !== undefined && constraints.every(({ topologyKey }) => labelOf(node.labels, topologyKey) !== undefined);
  if (!before || !after || counts(before) !== counts(after)) return counts(before) || counts(after);
  if (!counts(after)) return false;
  if (JSON.stringify(before.taints) !== JSON.stringify(after.taints)) return true;
  return constraints.some(({ topologyKey: key }) => labelOf(before.labels, key) !== labelOf(after.labels, key));
}

/** Whether a pod comes to count for a constraint, or counts no more. */
function changesCounts(
  constraints: readonly Constraint[],
  namespace: string,
  { before, after }: NonNullable<ObservedEvent['pod']>,
): boolean {
  const matches = ({ selector }: Constraint, pod: PodInfo | undefined): boolean =>
    pod !== undefined && pod.namespace === namespace && selector.matches(pod.labels);
  return constraints.some((constraint) => matches(constraint, before) !== matches(constraint, after));
}

function countHard(cycle: CycleState, constraint: Constraint, all: readonly Constraint[]): Hard {
  const { snapshot, info } = cycle;
  const perNode = podsPerNode(constraint, info.namespace, snapshot);
  const hard = new Hard(constraint, new Map());
  for (const node of snapshot.nodes) {
    const value = domainOf(cycle, constraint, all, node);
    if (value !== undefined) hard.add(value, perNode.get(node.name) ?? 0);
  }
  return hard;
}

/** The domain of a constraint that a node counts for; undefined when it counts for none. */
function domainOf(
  { pod }: CycleState,
  constraint: Constraint,
  all: readonly Constraint[],
  node: NodeInfo,
): string | undefined {
  const labels = node.facts?.labels ?? {};
  if (
    all.some(({ topologyKey }) => labelOf(labels, topologyKey) === undefined) ||
    !matchesInclusionPolicies(constraint, pod, node)
  )
    return undefined;
  return labelOf(labels, constraint.topologyKey);
}

/**
 * Counts follow a pod that comes to a node or goes; those that are being deleted are not counted in the first place.
 */
function follow(cycle: CycleState, pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
  const hards = cycle.get<HardState>(HARD)?.constraints ?? [];
  if (pod.deleting || pod.namespace !== cycle.info.namespace) return;
  const all = hards.map(({ constraint }) => constraint);
  for (const hard of hards) {
    if (!hard.constraint.selector.matches(pod.labels)) continue;
    const value = domainOf(cycle, hard.constraint, all, node);
    if (value !== undefined) hard.add(value, sign);
  }
}

function countSoft(
  cycle: CycleState,
  constraints: readonly Constraint[],
  nodes: readonly NodeInfo[],
  requireAll: boolean,
): SoftState {
  const { snapshot, pod, info } = cycle;
  const hasAll = (node: NodeInfo): boolean =>
    constraints.every(({ topologyKey }) => labelOf(node.facts?.labels, topologyKey) !== undefined);
  const ignored = new Set(requireAll ? nodes.filter((node) => !hasAll(node)) : []);
  const soft = constraints.map((constraint): Soft => {
    const perNode = podsPerNode(constraint, info.namespace, snapshot);
    if (constraint.topologyKey === HOSTNAME) {
      return { constraint, matching: undefined, perNode, weight: Math.log(nodes.length - ignored.size + 2) };
    }
    const matching = new Map<string, number>();
    for (const node of nodes) {
      // Nodes without the label, which the cluster's defaults let through, are one domain more.
      if (!ignored.has(node)) matching.set(labelOf(node.facts?.labels, constraint.topologyKey) ?? '', 0);
    }
    for (const node of matching.size > 0 ? snapshot.nodes : []) {
      const value = labelOf(node.facts?.labels, constraint.topologyKey);
      const sum = value === undefined ? undefined : matching.get(value);
      if (value === undefined || sum === undefined || (requireAll && !hasAll(node))) continue;
      if (matchesInclusionPolicies(constraint, pod, node)) matching.set(value, sum + (perNode.get(node.name) ?? 0));
    }
    return { constraint, matching, perNode, weight: Math.log(matching.size + 2) };
  });
  return { constraints: soft, ignored };
}
