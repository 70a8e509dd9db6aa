/**
 * The answers of plugins about nodes, kept while a node stays as it is, since pods that are alike get the same again. Only of
 * plugins that look at the pod and the node alone, as they say by signing the pod (KEP-5598, SignPlugin). In arrays by the
 * nodes' slots, because most of a decision on thousands of nodes would be spent on fetching their objects from memory.
 */
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { Pod } from '../../../kube/types.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { NodeSlots } from '../cache/node-slots.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { FilterRejection } from './filters.ts';
import type { Plugin } from './interface.ts';
import type { Profile } from './profile.ts';

/** Sorts of pods that are remembered at a time, each with an answer for every node. */
const MAX_SIGNATURES = 4;

const [UNASKED, PASSED, REJECTED] = [0, 1, 2];

/** Of pods with one signature. */
export class NodeAnswers {
  readonly #slots: NodeSlots;
  /** Those whose filters are remembered. */
  readonly plugins: ReadonlySet<Plugin>;
  /** Of the nodes when they were asked about. */
  #generations = new Float64Array(0);
  #verdicts = new Uint8Array(0);
  readonly #rejections = new Map<number, FilterRejection>();
  readonly #scores = new Map<Plugin, Float64Array>();

  constructor(slots: NodeSlots, plugins: ReadonlySet<Plugin>) {
    this.#slots = slots;
    this.plugins = plugins;
  }

  /** The first rejection by the remembered filters. */
  filter(node: NodeInfo, ask: () => FilterRejection | undefined): FilterRejection | undefined {
    const { slot } = node;
    this.#refresh(slot);
    if (this.#verdicts[slot] === PASSED) return undefined;
    if (this.#verdicts[slot] === REJECTED) return this.#rejections.get(slot);
    const rejection = ask();
    this.#verdicts[slot] = rejection ? REJECTED : PASSED;
    if (rejection) this.#rejections.set(slot, rejection);
    return rejection;
  }

  /** Scores of a plugin, by slot: NaN for a node that it was not asked about. */
  scoresOf(plugin: Plugin): Float64Array {
    const known = this.#scores.get(plugin) ?? new Float64Array(this.#generations.length).fill(Number.NaN);
    this.#scores.set(plugin, known);
    return known;
  }

  /** The slots of nodes; what was said of them before they changed is forgotten. */
  slotsOf(nodes: readonly NodeInfo[]): Int32Array {
    const slots = new Int32Array(nodes.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = nodes[i]?.slot ?? 0;
      this.#refresh(slot);
      slots[i] = slot;
    }
    return slots;
  }

  #refresh(slot: number): void {
    const generation = this.#slots.generations[slot] ?? 0;
    if (this.#generations[slot] === generation) return;
    if (slot >= this.#generations.length) this.#grow();
    this.#generations[slot] = generation;
    if (this.#verdicts[slot] === REJECTED) this.#rejections.delete(slot);
    this.#verdicts[slot] = UNASKED;
    for (const scores of this.#scores.values()) scores[slot] = Number.NaN;
  }

  #grow(): void {
    const { length } = this.#slots.generations;
    const [generations, verdicts] = [new Float64Array(length), new Uint8Array(length)];
    generations.set(this.#generations);
    verdicts.set(this.#verdicts);
    this.#generations = generations;
    this.#verdicts = verdicts;
    for (const [plugin, known] of this.#scores) {
      const scores = new Float64Array(length).fill(Number.NaN);
      scores.set(known);
      this.#scores.set(plugin, scores);
    }
  }
}

/** The answers that a profile has given about the nodes of one snapshot. */
export class AnswersOfProfile {
  readonly #slots: NodeSlots;
  readonly #filters: ReadonlySet<Plugin>;
  readonly #signing: readonly Plugin[];
  readonly #bySignature = new RecentMap<NodeAnswers>(MAX_SIGNATURES);

  constructor({ points }: Profile, slots: NodeSlots) {
    this.#slots = slots;
    // The first rejection counts: where another plugin comes before, that of a later one may never be asked for.
    const others = points.filter.findIndex(({ sign }) => !sign);
    this.#filters = new Set(others < 0 ? points.filter : points.filter.slice(0, others));
    this.#signing = [...new Set([...this.#filters, ...points.score])].filter(({ sign }) => sign);
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
