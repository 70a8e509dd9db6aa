import { includesNamespace, matchesPod, namespacesOf, type Term, termsOf } from '../affinity-terms.ts';
import { type Cycle, MAX_SCORE, type Plugin, unresolvable, unschedulable } from '../framework.ts';
import { both, keyFor } from '../selectors.ts';
import type { NodeInfo } from '../snapshot.ts';

const STATE = 'InterPodAffinity/filter';
const SCORES = 'InterPodAffinity/score';
/** Weight of an existing pod's required affinity when scoring (`HardPodAffinityWeight`). */
const HARD_WEIGHT = 1;

/** Pods per topology pair: key, then value. */
class Pairs {
  readonly #counts = new Map<string, Map<string, number>>();

  add(node: NodeInfo | undefined, topologyKey: string, count: number): void {
    const value = node?.facts?.labels[topologyKey];
    if (value === undefined || count === 0) return;
    let values = this.#counts.get(topologyKey);
    if (!values) {
      values = new Map();
      this.#counts.set(topologyKey, values);
    }
    values.set(value, (values.get(value) ?? 0) + count);
  }

  at(node: NodeInfo, topologyKey: string): number {
    const value = node.facts?.labels[topologyKey];
    return value === undefined ? 0 : (this.#counts.get(topologyKey)?.get(value) ?? 0);
  }

  get keys(): Iterable<string> {
    return this.#counts.keys();
  }

  get empty(): boolean {
    return this.#counts.size === 0;
  }
}

interface FilterState {
  affinity: readonly Term[];
  anti: readonly Term[];
  /** Pods that all of the pod's affinity terms match. */
  friends: Pairs;
  /** One per anti-affinity term. */
  foes: readonly Pairs[];
  /** Where running pods forbid this one. */
  forbidden: Pairs;
}

/** Required and preferred pod affinity and anti-affinity (`interpodaffinity/filtering.go`, `scoring.go`). */
export const InterPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  wakesOn: ['node-added', 'node-labels', 'pod-assigned', 'pod-removed', 'pod-labels'],

  preFilter(cycle) {
    const { affinity, antiAffinity } = termsOf(cycle.info);
    const forbidden = forbiddenBy(cycle);
    if (affinity.length === 0 && antiAffinity.length === 0 && forbidden.empty) return 'skip';
    const state: FilterState = {
      affinity,
      anti: antiAffinity,
      friends: countAll(cycle, affinity),
      foes: antiAffinity.map((term) => countAll(cycle, [term])),
      forbidden,
    };
    cycle.set(STATE, state);
    return undefined;
  },

  filter(cycle, node) {
    const state = cycle.get<FilterState>(STATE) as FilterState;
    if (!hasFriends(cycle, state, node)) return unresolvable("node(s) didn't match pod affinity rules");
    if (state.anti.some((term, i) => (state.foes[i]?.at(node, term.topologyKey) ?? 0) > 0)) {
      return unschedulable("node(s) didn't match pod anti-affinity rules");
    }
    for (const key of state.forbidden.keys) {
      if (state.forbidden.at(node, key) > 0)
        return unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
    }
    return undefined;
  },

  preScore(cycle) {
    const { preferred, preferredAnti } = termsOf(cycle.info);
    const { snapshot, info } = cycle;
    const scores = new Pairs();
    const wish = (term: Term, sign: 1 | -1): void => {
      for (const [node, count] of perNode(cycle, [term])) {
        scores.add(snapshot.node(node), term.topologyKey, sign * term.weight * count);
      }
    };
    for (const term of preferred) wish(term, 1);
    for (const term of preferredAnti) wish(term, -1);
    for (const pod of snapshot.affinePods.values()) {
      const terms = termsOf(pod);
      const node = snapshot.node(pod.node);
      const answer = (term: Term, weight: number): void => {
        if (matchesPod(term, info, snapshot)) scores.add(node, term.topologyKey, weight);
      };
      for (const term of terms.affinity) answer(term, HARD_WEIGHT);
      for (const term of terms.preferred) answer(term, term.weight);
      for (const term of terms.preferredAnti) answer(term, -term.weight);
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
      scores[i] = range === 0 ? 0 : Math.floor((MAX_SCORE * (score - min)) / range);
    }
  },
};

/** Topologies from which running pods' anti-affinity keeps this pod away. */
function forbiddenBy({ snapshot, info }: Cycle): Pairs {
  const pairs = new Pairs();
  for (const pod of snapshot.affinePods.values()) {
    for (const term of termsOf(pod).antiAffinity) {
      if (matchesPod(term, info, snapshot)) pairs.add(snapshot.node(pod.node), term.topologyKey, 1);
    }
  }
  return pairs;
}

/** Pods per node that every one of the terms matches. */
function perNode({ snapshot }: Cycle, terms: readonly Term[]): Map<string, number> {
  const counts = new Map<string, number>();
  const [first, ...rest] = terms;
  if (!first) return counts;
  const selector = both(
    first.selector,
    rest.flatMap((term) => term.selector.requirements),
  );
  // A term without a selector matches nothing, and so do all terms together.
  if (terms.some((term) => term.selectorKey === 'nothing')) return counts;
  for (const namespace of namespacesOf(first, snapshot)) {
    if (!rest.every((term) => includesNamespace(term, namespace, snapshot))) continue;
    for (const [node, count] of snapshot.countsOf(namespace, selector, keyFor(selector), true)) {
      counts.set(node, (counts.get(node) ?? 0) + count);
    }
  }
  return counts;
}

function countAll(cycle: Cycle, terms: readonly Term[]): Pairs {
  const pairs = new Pairs();
  for (const [node, count] of perNode(cycle, terms)) {
    for (const term of terms) pairs.add(cycle.snapshot.node(node), term.topologyKey, count);
  }
  return pairs;
}

function hasFriends(cycle: Cycle, { affinity, friends }: FilterState, node: NodeInfo): boolean {
  if (affinity.some((term) => node.facts?.labels[term.topologyKey] === undefined)) return false;
  if (affinity.every((term) => friends.at(node, term.topologyKey) > 0)) return true;
  // The first of a group that wants to be together may go anywhere.
  return friends.empty && affinity.every((term) => matchesPod(term, cycle.info, cycle.snapshot));
}
