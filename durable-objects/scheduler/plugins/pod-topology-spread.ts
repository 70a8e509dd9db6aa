import { type Cycle, MAX_SCORE, type Plugin, unresolvable, unschedulable } from '../framework.ts';
import type { NodeInfo } from '../snapshot.ts';
import { type Constraint, constraintsOf, counts, defaultConstraints, HOSTNAME } from '../spreading.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";
const HARD = 'PodTopologySpread/hard';
const SOFT = 'PodTopologySpread/soft';

interface Hard {
  constraint: Constraint;
  matching: Map<string, number>;
  least: number;
}

interface Soft {
  constraint: Constraint;
  /** Per value of the topology key; undefined for the hostname, where each node is its own. */
  matching: Map<string, number> | undefined;
  perNode: ReadonlyMap<string, number>;
  weight: number;
}

interface SoftState {
  constraints: Soft[];
  ignored: Set<NodeInfo>;
}

/** Spreads pods over zones and nodes (`podtopologyspread/filtering.go`, `scoring.go`). */
export const PodTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  wakesOn: ['node-added', 'node-labels', 'node-taints', 'node-removed', 'pod-assigned', 'pod-removed', 'pod-labels'],

  preFilter(cycle) {
    const constraints = constraintsOf(cycle.pod, 'DoNotSchedule');
    if (constraints.length === 0) return 'skip';
    cycle.set(
      HARD,
      constraints.map((constraint) => countHard(cycle, constraint, constraints)),
    );
    return undefined;
  },

  filter(cycle, node) {
    const labels = node.facts?.labels ?? {};
    for (const { constraint, matching, least } of cycle.get<Hard[]>(HARD) ?? []) {
      const value = labels[constraint.topologyKey];
      if (value === undefined) return unresolvable(`${MISMATCH} (missing required label)`);
      const self = constraint.selector.matches(cycle.info.labels) ? 1 : 0;
      if ((matching.get(value) ?? 0) + self - least > constraint.maxSkew) return unschedulable(MISMATCH);
    }
    return undefined;
  },

  preScore(cycle, nodes) {
    const own = cycle.pod.spec?.topologySpreadConstraints?.length ? true : undefined;
    const constraints = own
      ? constraintsOf(cycle.pod, 'ScheduleAnyway')
      : defaultConstraints(cycle.pod, cycle.snapshot);
    if (constraints.length === 0) return 'skip';
    cycle.set(SOFT, countSoft(cycle, constraints, nodes, own === true));
    return undefined;
  },

  score(cycle, node) {
    const state = cycle.get<SoftState>(SOFT);
    if (!state || state.ignored.has(node)) return 0;
    let score = 0;
    for (const { constraint, matching, perNode, weight } of state.constraints) {
      const value = node.facts?.labels[constraint.topologyKey];
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

function countHard(cycle: Cycle, constraint: Constraint, all: readonly Constraint[]): Hard {
  const { snapshot, pod, info } = cycle;
  const perNode = snapshot.countsOf(info.namespace, constraint.selector, constraint.selectorKey);
  const matching = new Map<string, number>();
  for (const node of snapshot.nodes) {
    const labels = node.facts?.labels ?? {};
    if (all.some(({ topologyKey }) => labels[topologyKey] === undefined) || !counts(constraint, pod, node)) continue;
    const value = labels[constraint.topologyKey] as string;
    matching.set(value, (matching.get(value) ?? 0) + (perNode.get(node.name) ?? 0));
  }
  let least = Number.POSITIVE_INFINITY;
  for (const count of matching.values()) if (count < least) least = count;
  // With fewer domains than asked for, the missing ones count as empty (KEP-3022).
  if (matching.size < constraint.minDomains || least === Number.POSITIVE_INFINITY) least = 0;
  return { constraint, matching, least };
}

function countSoft(
  cycle: Cycle,
  constraints: readonly Constraint[],
  nodes: readonly NodeInfo[],
  requireAll: boolean,
): SoftState {
  const { snapshot, pod, info } = cycle;
  const hasAll = (node: NodeInfo): boolean =>
    constraints.every(({ topologyKey }) => node.facts?.labels[topologyKey] !== undefined);
  const ignored = new Set(requireAll ? nodes.filter((node) => !hasAll(node)) : []);
  const soft = constraints.map((constraint): Soft => {
    const perNode = snapshot.countsOf(info.namespace, constraint.selector, constraint.selectorKey);
    if (constraint.topologyKey === HOSTNAME) {
      return { constraint, matching: undefined, perNode, weight: Math.log(nodes.length - ignored.size + 2) };
    }
    const matching = new Map<string, number>();
    for (const node of nodes) {
      const value = node.facts?.labels[constraint.topologyKey];
      if (value !== undefined && !ignored.has(node)) matching.set(value, 0);
    }
    for (const node of matching.size > 0 ? snapshot.nodes : []) {
      const value = node.facts?.labels[constraint.topologyKey];
      const sum = value === undefined ? undefined : matching.get(value);
      if (value === undefined || sum === undefined || (requireAll && !hasAll(node))) continue;
      if (counts(constraint, pod, node)) matching.set(value, sum + (perNode.get(node.name) ?? 0));
    }
    return { constraint, matching, perNode, weight: Math.log(matching.size + 2) };
  });
  return { constraints: soft, ignored };
}
