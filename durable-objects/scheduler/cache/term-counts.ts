import { type Term, type Terms, termsOf } from './affinity-terms.ts';
import { PodCounts } from './pod-counts.ts';
import type { PodInfo } from './projections.ts';

export interface CountedTerm {
  term: Term;
  /** The pods that have it. */
  pods: PodCounts;
}

/** The affinity terms of pods on nodes, alike ones once, so that a decision costs the terms and not the pods. */
export class TermCounts {
  readonly #known: Readonly<Record<keyof Terms, Map<string, CountedTerm>>> = {
    affinity: new Map(),
    antiAffinity: new Map(),
    preferred: new Map(),
    preferredAnti: new Map(),
  };

  of(kind: keyof Terms): Iterable<CountedTerm> {
    return this.#known[kind].values();
  }

  add(pod: PodInfo, sign: 1 | -1): void {
    if (!pod.affinity) return;
    const terms = termsOf(pod);
    for (const kind of Object.keys(this.#known) as (keyof Terms)[]) {
      for (const term of terms[kind]) this.#count(this.#known[kind], term, pod.node, sign);
    }
  }

  #count(known: Map<string, CountedTerm>, term: Term, node: string, sign: 1 | -1): void {
    let counted = known.get(term.id);
    if (!counted) {
      counted = { term, pods: new PodCounts() };
      known.set(term.id, counted);
    }
    counted.pods.add(node, sign);
    if (counted.pods.perNode.size === 0) known.delete(term.id);
  }
}
