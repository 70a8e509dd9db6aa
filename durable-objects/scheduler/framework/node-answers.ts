/**
 * The answers of plugins about nodes, kept while a node stays as it is, since pods that are alike get the same again. Only of
 * plugins that look at the pod and the node alone, as they say by signing the pod (KEP-5598, SignPlugin). In arrays by the
 * nodes' slots, because most of a decision on thousands of nodes would be spent on fetching their objects from memory.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import type { NodeSlots } from '../cache/node-slots.ts';
import type { FilterRejection } from './rejection.ts';

const [UNASKED, PASSED, REJECTED] = [0, 1, 2];

/** Of pods with one signature. */
export class NodeAnswers {
  readonly #slots: NodeSlots;
  /** The names of those whose filters are remembered. */
  readonly plugins: ReadonlySet<string>;
  /** Of the nodes when they were asked about. */
  #generations = new Float64Array(0);
  #verdicts = new Uint8Array(0);
  readonly #rejections = new Map<number, FilterRejection>();
  /** By the plugin's name. */
  readonly #scores = new Map<string, Float64Array>();

  constructor(slots: NodeSlots, plugins: ReadonlySet<string>) {
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
  scoresOf(plugin: string): Float64Array {
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
