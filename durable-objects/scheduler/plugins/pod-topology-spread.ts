import { labelOf } from '../../../kube/machinery/selectors/labels.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import { type DomainCounts, type Domains, Tally } from '../cache/pod-counts.ts';
import type { NodeFacts, PodInfo } from '../cache/projections.ts';
import { DEFAULT_ARGS, type PodTopologySpreadArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { MAX_SCORE, type Plugin } from '../framework/interface.ts';
import { unresolvable, unschedulable } from '../framework/rejection.ts';
import type { ObservedEvent } from '../queue/observed-events.ts';
import {
  type Constraint,
  constraintsOf,
  HOSTNAME,
  hasOwnConstraints,
  inclusionKeyOf,
  matchesInclusionPolicies,
  podsOf,
} from './common/spreading.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";
const HARD = 'PodTopologySpread/hard';
const SOFT = 'PodTopologySpread/soft';

/** The spread of the pods that a DoNotSchedule constraint counts. */
class Hard {
  readonly constraint: Constraint;
  readonly domains: Domains;
  readonly tally: Tally;
  /** Whether the pod itself counts. */
  readonly self: 0 | 1;
  #least: number | undefined;

  constructor({ constraint, domains, tally, self }: Pick<Hard, 'constraint' | 'domains' | 'tally' | 'self'>) {
    this.constraint = constraint;
    this.domains = domains;
    this.tally = tally;
    this.self = self;
  }

  /** With fewer domains than asked for, the missing ones count as empty (KEP-3022). */
  get least(): number {
    const isMissingSome = this.domains.values.size < Math.max(1, this.constraint.minDomains);
    this.#least ??= isMissingSome ? 0 : this.tally.least(this.domains);
    return this.#least;
  }

  add(node: NodeInfo, count: number): void {
    const value = this.domains.byNode.get(node.name);
    if (value === undefined) return;
    this.tally.add(value, count);
    this.#least = undefined;
  }

  clone(): Hard {
    return new Hard({ ...this, tally: this.tally.clone() });
  }
}

class HardState {
  readonly constraints: readonly Hard[];

  constructor(constraints: readonly Hard[]) {
    this.constraints = constraints;
  }

  clone(): HardState {
    return new HardState(this.constraints.map((hard) => hard.clone()));
  }
}

interface Soft {
  constraint: Constraint;
  /** Counts by value of the topology key; undefined for the hostname, where each node is its own. */
  matching: DomainCounts | undefined;
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
    prefers: 'spread',
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
      for (const hard of cycle.get<HardState>(HARD)?.constraints ?? []) {
        const { topologyKey, maxSkew } = hard.constraint;
        const value = labelOf(labels, topologyKey);
        if (value === undefined) return unresolvable(`${MISMATCH} (missing required label)`);
        if (hard.tally.at(value) + hard.self - hard.least > maxSkew) return unschedulable(MISMATCH);
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
  const domains = domainsOf(cycle, constraint, all);
  const tally = new Tally([podsOf(constraint, info.namespace, snapshot).byDomain(domains)]);
  return new Hard({ constraint, domains, tally, self: constraint.selector.matches(info.labels) ? 1 : 0 });
}

/** The domains of a constraint, on the nodes that count for it: they have the labels that are `required`, too. */
function domainsOf({ pod, snapshot }: CycleState, constraint: Constraint, required: readonly Constraint[]): Domains {
  const { topologyKey } = constraint;
  const keys = required.map((one) => one.topologyKey);
  const id = JSON.stringify([topologyKey, keys, inclusionKeyOf(constraint, pod)]);
  return snapshot.domains(id, (node) => {
    const labels = node.facts?.labels;
    if (keys.some((key) => labelOf(labels, key) === undefined)) return undefined;
    return matchesInclusionPolicies(constraint, pod, node) ? labelOf(labels, topologyKey) : undefined;
  });
}

/**
 * Counts follow a pod that comes to a node or goes; those that are being deleted are not counted in the first place.
 */
function follow(cycle: CycleState, pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
  if (pod.deleting || pod.namespace !== cycle.info.namespace) return;
  for (const hard of cycle.get<HardState>(HARD)?.constraints ?? []) {
    if (hard.constraint.selector.matches(pod.labels)) hard.add(node, sign);
  }
}

function countSoft(
  cycle: CycleState,
  constraints: readonly Constraint[],
  nodes: readonly NodeInfo[],
  requireAll: boolean,
): SoftState {
  const { snapshot, info } = cycle;
  const hasAll = (node: NodeInfo): boolean =>
    constraints.every(({ topologyKey }) => labelOf(node.facts?.labels, topologyKey) !== undefined);
  const ignored = new Set(requireAll ? nodes.filter((node) => !hasAll(node)) : []);
  const soft = constraints.map((constraint): Soft => {
    const pods = podsOf(constraint, info.namespace, snapshot);
    const { perNode } = pods;
    if (constraint.topologyKey === HOSTNAME) {
      return { constraint, matching: undefined, perNode, weight: Math.log(nodes.length - ignored.size + 2) };
    }
    const values = new Set<string>();
    for (const node of nodes) {
      // Nodes without the label, which the cluster's defaults let through, are one domain more.
      if (!ignored.has(node)) values.add(labelOf(node.facts?.labels, constraint.topologyKey) ?? '');
    }
    const matching = pods.byDomain(domainsOf(cycle, constraint, requireAll ? constraints : []));
    return { constraint, matching, perNode, weight: Math.log(values.size + 2) };
  });
  return { constraints: soft, ignored };
}
