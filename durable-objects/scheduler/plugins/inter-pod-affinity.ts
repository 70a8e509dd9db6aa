import { labelOf } from '../../../kube/machinery/selectors/labels.ts';
import { type Term, type Terms, termsOf } from '../cache/affinity-terms.ts';
import { selectorKeyOf } from '../cache/group-counts.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import { type DomainCounts, type PodCounts, Tally } from '../cache/pod-counts.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { DEFAULT_ARGS, type InterPodAffinityArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { MAX_SCORE, type Plugin } from '../framework/interface.ts';
import { unresolvable, unschedulable } from '../framework/rejection.ts';
import { mayMatch } from './common/affinity-hints.ts';
import { includesNamespace, matchesPod, namespacesOf } from './common/affinity-terms.ts';
import { withRequirements } from './common/selectors.ts';

const STATE = 'InterPodAffinity/filter';
const SCORES = 'InterPodAffinity/score';

/** Pods per value of a label of nodes. */
class Pairs {
  readonly topologyKey: string;
  readonly tally: Tally;

  constructor(topologyKey: string, tally: Tally) {
    this.topologyKey = topologyKey;
    this.tally = tally;
  }

  at(node: NodeInfo): number {
    const value = labelOf(node.facts?.labels, this.topologyKey);
    return value === undefined ? 0 : this.tally.at(value);
  }

  add(node: NodeInfo, count: number): void {
    const value = labelOf(node.facts?.labels, this.topologyKey);
    if (value !== undefined) this.tally.add(value, count);
  }

  clone(): Pairs {
    return new Pairs(this.topologyKey, this.tally.clone());
  }
}

class FilterState {
  readonly affinity: readonly Term[];
  readonly anti: readonly Term[];
  /** Pods that all of the pod's affinity terms match, one per term. */
  readonly affinityCounts: readonly Pairs[];
  /** One per anti-affinity term. */
  readonly antiAffinityCounts: readonly Pairs[];
  /** Topologies in which running pods forbid this one, by key. */
  readonly existingAntiAffinityCounts: Map<string, Pairs>;

  constructor(
    state: Pick<
      FilterState,
      'affinity' | 'anti' | 'affinityCounts' | 'antiAffinityCounts' | 'existingAntiAffinityCounts'
    >,
  ) {
    this.affinity = state.affinity;
    this.anti = state.anti;
    this.affinityCounts = state.affinityCounts;
    this.antiAffinityCounts = state.antiAffinityCounts;
    this.existingAntiAffinityCounts = state.existingAntiAffinityCounts;
  }

  clone(): FilterState {
    const { affinityCounts, antiAffinityCounts, existingAntiAffinityCounts } = this;
    return new FilterState({
      ...this,
      affinityCounts: affinityCounts.map((pairs) => pairs.clone()),
      antiAffinityCounts: antiAffinityCounts.map((pairs) => pairs.clone()),
      existingAntiAffinityCounts: new Map([...existingAntiAffinityCounts].map(([key, pairs]) => [key, pairs.clone()])),
    });
  }

  /** The counts follow a pod that comes to a node or goes (`updateWithPod`). */
  follow({ info, snapshot }: CycleState, pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    for (const term of termsOf(pod).antiAffinity) {
      if (!matchesPod(term, info, snapshot)) continue;
      const { topologyKey } = term;
      const pairs = this.existingAntiAffinityCounts.get(topologyKey) ?? new Pairs(topologyKey, new Tally([]));
      this.existingAntiAffinityCounts.set(topologyKey, pairs);
      pairs.add(node, sign);
    }
    if (this.affinity.length > 0 && this.affinity.every((term) => matchesPod(term, pod, snapshot))) {
      for (const pairs of this.affinityCounts) pairs.add(node, sign);
    }
    for (const [i, term] of this.anti.entries()) {
      if (matchesPod(term, pod, snapshot)) this.antiAffinityCounts[i]?.add(node, sign);
    }
  }
}

/** Sums of weights, by the label of nodes that they are for. */
type Scores = Map<string, { weight: number; counts: DomainCounts }[]>;

/** Required and preferred pod affinity and anti-affinity (`interpodaffinity/filtering.go`, `scoring.go`). */
export function interPodAffinity({
  hardPodAffinityWeight,
  ignorePreferredTermsOfExistingPods,
}: InterPodAffinityArgs): Plugin {
  return {
    name: 'InterPodAffinity',
    prefers: 'podsNear',
    wakesOn: ['node-added', 'node-labels', 'pod-assigned', 'pod-removed', 'pod-labels'],
    hint: mayMatch,

    preFilter(cycle) {
      const { affinity, antiAffinity } = termsOf(cycle.info);
      const existingAntiAffinityCounts = countExistingAntiAffinity(cycle);
      if (affinity.length === 0 && antiAffinity.length === 0 && existingAntiAffinityCounts.size === 0) return 'skip';
      const affinityCounts = countAll(cycle, affinity);
      const antiAffinityCounts = antiAffinity.flatMap((term) => countAll(cycle, [term]));
      const state = { affinity, anti: antiAffinity, affinityCounts, antiAffinityCounts, existingAntiAffinityCounts };
      cycle.set(STATE, new FilterState(state));
      return undefined;
    },

    addPod: (cycle, pod, node) => cycle.get<FilterState>(STATE)?.follow(cycle, pod, node, 1),
    removePod: (cycle, pod, node) => cycle.get<FilterState>(STATE)?.follow(cycle, pod, node, -1),

    filter(cycle, node) {
      const state = cycle.get<FilterState>(STATE) as FilterState;
      if (!satisfiesAffinity(cycle, state, node)) return unresolvable("node(s) didn't match pod affinity rules");
      if (state.antiAffinityCounts.some((pairs) => pairs.at(node) > 0)) {
        return unschedulable("node(s) didn't match pod anti-affinity rules");
      }
      for (const pairs of state.existingAntiAffinityCounts.values()) {
        if (pairs.at(node) > 0) return unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    },

    preScore(cycle) {
      const { preferred, preferredAnti } = termsOf(cycle.info);
      if (ignorePreferredTermsOfExistingPods && preferred.length + preferredAnti.length === 0) return 'skip';
      const { snapshot, info } = cycle;
      const scores: Scores = new Map();
      const add = (topologyKey: string, weight: number, pods: PodCounts): void => {
        const counts = pods.byDomain(domainsOf(snapshot, topologyKey));
        if (counts.total === 0 || weight === 0) return;
        const added = scores.get(topologyKey);
        if (added) added.push({ weight, counts });
        else scores.set(topologyKey, [{ weight, counts }]);
      };
      const addOwn = (term: Term, weight: number): void => {
        const pods = podsOf(cycle, [term]);
        if (pods) add(term.topologyKey, weight, pods);
      };
      for (const term of preferred) addOwn(term, term.weight);
      for (const term of preferredAnti) addOwn(term, -term.weight);
      const addExisting = (kind: keyof Terms, weightOf: (term: Term) => number): void => {
        for (const { term, pods } of snapshot.terms.of(kind)) {
          if (matchesPod(term, info, snapshot)) add(term.topologyKey, weightOf(term), pods);
        }
      };
      addExisting('affinity', () => hardPodAffinityWeight);
      addExisting('preferred', ({ weight }) => weight);
      addExisting('preferredAnti', ({ weight }) => -weight);
      if (scores.size === 0) return 'skip';
      cycle.set(SCORES, scores);
      return undefined;
    },

    score(cycle, node) {
      let sum = 0;
      for (const [topologyKey, parts] of cycle.get<Scores>(SCORES) as Scores) {
        const value = labelOf(node.facts?.labels, topologyKey);
        if (value === undefined) continue;
        for (const { weight, counts } of parts) sum += weight * (counts.get(value) ?? 0);
      }
      return sum;
    },

    normalize(_cycle, scores) {
      const min = Math.min(...scores);
      const range = Math.max(...scores) - min;
      for (const [i, score] of scores.entries()) {
        // In this order, as rounding differs from that of integers: 29 of 100 is a score of 28.
        scores[i] = range === 0 ? 0 : Math.floor(MAX_SCORE * ((score - min) / range));
      }
    },
  };
}

export const InterPodAffinity = interPodAffinity(DEFAULT_ARGS.InterPodAffinity);

/** All nodes that have the label, by its value. */
function domainsOf(snapshot: Snapshot, topologyKey: string) {
  return snapshot.domains(JSON.stringify([topologyKey]), (node) => labelOf(node.facts?.labels, topologyKey));
}

/** Topologies from which running pods' anti-affinity keeps this pod away. */
function countExistingAntiAffinity({ snapshot, info }: CycleState): Map<string, Pairs> {
  const parts = new Map<string, DomainCounts[]>();
  for (const { term, pods } of snapshot.terms.of('antiAffinity')) {
    if (!matchesPod(term, info, snapshot)) continue;
    const counts = pods.byDomain(domainsOf(snapshot, term.topologyKey));
    if (counts.total > 0) parts.set(term.topologyKey, [...(parts.get(term.topologyKey) ?? []), counts]);
  }
  return new Map([...parts].map(([key, counts]) => [key, new Pairs(key, new Tally(counts))]));
}

/** The pods that every one of the terms matches; undefined for none. */
function podsOf({ snapshot }: CycleState, terms: readonly Term[]): PodCounts | undefined {
  const [first, ...rest] = terms;
  // A term without a selector matches nothing, and so do all terms together.
  if (!first || terms.some((term) => term.selectorKey === 'nothing')) return undefined;
  const selector = withRequirements(
    first.selector,
    rest.flatMap((term) => term.selector.requirements),
  );
  const selectorKey = rest.length === 0 ? first.selectorKey : selectorKeyOf(selector);
  const namespaces = namespacesOf(first, snapshot).filter((namespace) =>
    rest.every((term) => includesNamespace(term, namespace, snapshot)),
  );
  return snapshot.countsOf({ namespaces, selector, selectorKey, deleting: true });
}

/** One of each term. */
function countAll(cycle: CycleState, terms: readonly Term[]): Pairs[] {
  const pods = podsOf(cycle, terms);
  return terms.map(({ topologyKey }) => {
    const domains = domainsOf(cycle.snapshot, topologyKey);
    return new Pairs(topologyKey, new Tally(pods ? [pods.byDomain(domains)] : []));
  });
}

function satisfiesAffinity(cycle: CycleState, { affinity, affinityCounts }: FilterState, node: NodeInfo): boolean {
  if (affinity.some((term) => labelOf(node.facts?.labels, term.topologyKey) === undefined)) return false;
  if (affinityCounts.every((pairs) => pairs.at(node) > 0)) return true;
  // The first of a group that wants to be together may go anywhere.
  const isFirst = affinityCounts.every(({ tally }) => tally.total === 0);
  return isFirst && affinity.every((term) => matchesPod(term, cycle.info, cycle.snapshot));
}
