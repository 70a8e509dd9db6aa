import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { Pod } from '../../../kube/types.ts';
import type { NodeSlots } from '../cache/node-slots.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Plugin } from './interface.ts';
import { NodeAnswers } from './node-answers.ts';
import type { Profile } from './profile.ts';

/** Sorts of pods that are remembered at a time, each with an answer for every node. */
const MAX_SIGNATURES = 4;

/** The answers that a profile has given about the nodes of one snapshot. */
export class AnswersOfProfile {
  readonly #slots: NodeSlots;
  /** The names of those whose filters are remembered. */
  readonly #filters: ReadonlySet<string>;
  readonly #signing: readonly Plugin[];
  readonly #bySignature = new RecentMap<NodeAnswers>(MAX_SIGNATURES);

  constructor({ points }: Profile, slots: NodeSlots) {
    this.#slots = slots;
    // The first rejection counts: where another plugin comes before, that of a later one may never be asked for.
    const others = points.filter.findIndex(({ sign }) => !sign);
    const filters = others < 0 ? points.filter : points.filter.slice(0, others);
    this.#filters = new Set(filters.map(({ name }) => name));
    this.#signing = [...new Set([...filters, ...points.score])].filter(({ sign }) => sign);
  }

  /** Undefined for a pod that a plugin does not sign. */
  of(pod: Pod, info: PodInfo): NodeAnswers | undefined {
    const fragments: unknown[] = [];
    for (const plugin of this.#signing) {
      const fragment = plugin.sign?.(pod, info);
      if (fragment === undefined) return undefined;
      fragments.push(fragment);
    }
    const signature = JSON.stringify(fragments);
    const answers = this.#bySignature.get(signature) ?? new NodeAnswers(this.#slots, this.#filters);
    // The one that was used last is kept longest.
    this.#bySignature.set(signature, answers);
    return answers;
  }
}
