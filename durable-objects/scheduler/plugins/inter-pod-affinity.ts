import { labelOf } from '../../../kube/machinery/selectors/labels.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/projections.ts';
import { DEFAULT_ARGS, type InterPodAffinityArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { MAX_SCORE, type Plugin, unresolvable, unschedulable } from '../framework/interface.ts';
import { mayMatch } from './common/affinity-hints.ts';
import { includesNamespace, matchesPod, namespacesOf, type Term, termsOf } from './common/affinity-terms.ts';
import { selectorKeyOf, withRequirements } from './common/selectors.ts';

const STATE = 'InterPodAffinity/filter';
const SCORES = 'InterPodAffinity/score';

/** Pods per topology pair: key, then value. */
class Pairs {
  readonly #counts = new Map<string, Map<string, number>>();

  add(node: NodeInfo | undefined, topologyKey: string, count: number): void {
    const value = labelOf(node?.facts?.labels, topologyKey);
    if (value === undefined || count === 0) return;
    let values = this.#counts.get(topologyKey);
    if (!values) {
      values = new Map();
      this.#counts.set(topologyKey, values);
    }
    const sum = (values.get(value) ?? 0) + count;
    if (sum !== 0) values.set(value, sum);
    else values.delete(value);
    if (values.size === 0) this.#counts.delete(topologyKey);
  }

  clone(): Pairs {
    const copy = new Pairs();
    for (const [key, values] of this.#counts) copy.#counts.set(key, new Map(values));
    return copy;
  }

  at(node: NodeInfo, topologyKey: string): number {
    const value = labelOf(node.facts?.labels, topologyKey);
    return value === undefined ? 0 : (this.#counts.get(topologyKey)?.get(value) ?? 0);
  }

  get keys(): Iterable<string> {
    return this.#counts.keys();
  }

  get empty(): boolean {
    return this.#counts.size === 0;
  }
}

class FilterState {
  readonly affinity: readonly Term[];
  readonly anti: readonly Term[];
  /** Pods that all of the pod's affinity terms match. */
  readonly affinityCounts: Pairs;
  /** One per anti-affinity term. */
  readonly antiAffinityCounts: readonly Pairs[];
  /** Topologies in which running pods forbid this one. */
  readonly existingAntiAffinityCounts: Pairs;

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
      affinityCounts: affinityCounts.clone(),
      antiAffinityCounts: antiAffinityCounts.map((pairs) => pairs.clone()),
      existingAntiAffinityCounts: existingAntiAffinityCounts.clone(),
    });
  }

  /** The counts follow a pod that comes to a node or goes (`updateWithPod`). */
  follow({ info, snapshot }: CycleState, pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    for (const term of termsOf(pod).antiAffinity) {
      if (matchesPod(term, info, snapshot)) this.existingAntiAffinityCounts.add(node, term.topologyKey, sign);
    }
    if (this.affinity.length > 0 && this.affinity.every((term) => matchesPod(term, pod, snapshot))) {
      for (const term of this.affinity) this.affinityCounts.add(node, term.topologyKey, sign);
    }
    for (const [i, term] of this.anti.entries()) {
      if (matchesPod(term, pod, snapshot)) this.antiAffinityCounts[i]?.add(node, term.topologyKey, sign);
    }
  }
}

/** Required and preferred pod affinity and anti-affinity (`interpodaffinity/filtering.go`, `scoring.go`). */
export function interPodAffinity({
  hardPodAffinityWeight,
  ignorePreferredTermsOfExistingPods,
}: InterPodAffinityArgs): Plugin {
  return {
    name: 'InterPodAffinity',
    wakesOn: ['node-added', 'node-labels', 'pod-assigned', 'pod-removed', 'pod-labels'],
    hint: mayMatch,

    preFilter(cycle) {
      const { affinity, antiAffinity } = termsOf(cycle.info);
      const existingAntiAffinityCounts = countExistingAntiAffinity(cycle);
      if (affinity.length === 0 && antiAffinity.length === 0 && existingAntiAffinityCounts.empty) return 'skip';
      const affinityCounts = countAll(cycle, affinity);
      const antiAffinityCounts = antiAffinity.map((term) => countAll(cycle, [term]));
      cycle.set(
        STATE,
        new FilterState({
          affinity,
          anti: antiAffinity,
          affinityCounts,
          antiAffinityCounts,
          existingAntiAffinityCounts,
        }),
      );
      return undefined;
    },

    addPod: (cycle, pod, node) => cycle.get<FilterState>(STATE)?.follow(cycle, pod, node, 1),
    removePod: (cycle, pod, node) => cycle.get<FilterState>(STATE)?.follow(cycle, pod, node, -1),

    filter(cycle, node) {
      const state = cycle.get<FilterState>(STATE) as FilterState;
      if (!satisfiesAffinity(cycle, state, node)) return unresolvable("node(s) didn't match pod affinity rules");
      if (state.anti.some((term, i) => (state.antiAffinityCounts[i]?.at(node, term.topologyKey) ?? 0) > 0)) {
        return unschedulable("node(s) didn't match pod anti-affinity rules");
      }
      for (const key of state.existingAntiAffinityCounts.keys) {
        if (state.existingAntiAffinityCounts.at(node, key) > 0)
          return unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    },

    preScore(cycle) {
      const { preferred, preferredAnti } = termsOf(cycle.info);
      if (ignorePreferredTermsOfExistingPods && preferred.length + preferredAnti.length === 0) return 'skip';
      const { snapshot, info } = cycle;
      const scores = new Pairs();
      const addOwn = (term: Term, sign: 1 | -1): void => {
        for (const [node, count] of perNode(cycle, [term])) {
          scores.add(snapshot.node(node), term.topologyKey, sign * term.weight * count);
        }
      };
      for (const term of preferred) addOwn(term, 1);
      for (const term of preferredAnti) addOwn(term, -1);
      for (const pod of snapshot.affinePods.values()) {
        const terms = termsOf(pod);
        const node = snapshot.node(pod.node);
        const addExisting = (term: Term, weight: number): void => {
          if (matchesPod(term, info, snapshot)) scores.add(node, term.topologyKey, weight);
        };
        for (const term of terms.affinity) addExisting(term, hardPodAffinityWeight);
        for (const term of terms.preferred) addExisting(term, term.weight);
        for (const term of terms.preferredAnti) addExisting(term, -term.weight);
      }
      if (scores.empty) return 'skip';
      cycle.set(SCORES, scores);
      return undefined;
    },

    score(cycle, node) {
      const scores = cycle.get<Pairs>(SCORES) as Pairs;
      let sum = 0;
      for (const key of scores.keys) sum += scores.at(node, key);
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

/** Topologies from which running pods' anti-affinity keeps this pod away. */
function countExistingAntiAffinity({ snapshot, info }: CycleState): Pairs {
  const pairs = new Pairs();
  for (const pod of snapshot.affinePods.values()) {
    for (const term of termsOf(pod).antiAffinity) {
      if (matchesPod(term, info, snapshot)) pairs.add(snapshot.node(pod.node), term.topologyKey, 1);
    }
  }
  return pairs;
}

/** Pods per node that every one of the terms matches. */
function perNode({ snapshot }: CycleState, terms: readonly Term[]): Map<string, number> {
  const counts = new Map<string, number>();
  const [first, ...rest] = terms;
  if (!first) return counts;
  const selector = withRequirements(
    first.selector,
    rest.flatMap((term) => term.selector.requirements),
  );
  // A term without a selector matches nothing, and so do all terms together.
  if (terms.some((term) => term.selectorKey === 'nothing')) return counts;
  for (const namespace of namespacesOf(first, snapshot)) {
    if (!rest.every((term) => includesNamespace(term, namespace, snapshot))) continue;
    for (const [node, count] of snapshot.countsOf(namespace, selector, selectorKeyOf(selector), true)) {
      counts.set(node, (counts.get(node) ?? 0) + count);
    }
  }
  return counts;
}

function countAll(cycle: CycleState, terms: readonly Term[]): Pairs {
  const pairs = new Pairs();
  for (const [node, count] of perNode(cycle, terms)) {
    for (const term of terms) pairs.add(cycle.snapshot.node(node), term.topologyKey, count);
  }
  return pairs;
}

function satisfiesAffinity(cycle: CycleState, { affinity, affinityCounts }: FilterState, node: NodeInfo): boolean {
  if (affinity.some((term) => labelOf(node.facts?.labels, term.topologyKey) === undefined)) return false;
  if (affinity.every((term) => affinityCounts.at(node, term.topologyKey) > 0)) return true;
  // The first of a group that wants to be together may go anywhere.
  return affinityCounts.empty && affinity.every((term) => matchesPod(term, cycle.info, cycle.snapshot));
}
