/**
 * The extenders' answers about one pod. A decision is taken in one go on the state of its moment; where it needs an
 * answer that is not there, it ends with the question, and is taken again from the start once the answer is there. An
 * answer counts for the nodes that it was asked about, whatever else has changed meanwhile.
 */
import type { Pod } from '../../../kube/types.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { Candidate } from '../preemption/candidate.ts';
import { type Extender, isInterested } from './extender.ts';

/** `nominated`: the node that was kept for the pod, before any other is looked at. */
export type Stage = 'nominated' | 'all';

export type Question =
  | { slot: string; verb: 'filter' | 'prioritize'; extender: Extender; nodes: readonly string[] }
  | { slot: string; verb: 'preempt'; extender: Extender; candidates: readonly Candidate[] };

/** Names of nodes, with the reasons of those that failed. */
export interface Filtered {
  passed: ReadonlySet<string>;
  failed: ReadonlyMap<string, string>;
  unresolvable: ReadonlyMap<string, string>;
}

/** By node, uids of pods. Undefined: it told of no victims there. */
export type Preempted = ReadonlyMap<string, { uids: readonly string[]; violations: number } | undefined>;

export type Answer =
  | { error: string }
  | { filtered: Filtered }
  /** By node, 0 to 10 each as extenders are told to answer. */
  | { scores: ReadonlyMap<string, number> }
  | { preempted: Preempted };

/** The decision waits for these answers. None: it is only taken anew. */
export class Unanswered extends Error {
  readonly questions: readonly Question[];

  constructor(questions: readonly Question[]) {
    super('the answers of extenders are missing');
    this.questions = questions;
  }
}

/** Rounds of questions after which a pod goes back into the queue: the cluster changes faster than its extenders answer. */
const MAX_ROUNDS = 20;

export class Consultation {
  /** Those of the configuration, whether this pod concerns them or not. */
  readonly all: readonly Extender[];
  /** Those that this pod concerns, in their order. */
  readonly extenders: readonly Extender[];
  readonly #answers = new Map<string, { question: Question; answer: Answer }>();
  readonly #draws: number[] = [];
  readonly #isSecond: boolean;
  #isOutdated = false;
  #rounds = 0;

  /** `before`: what was asked about the pod since it was popped, and counts no more. */
  constructor(all: readonly Extender[], pod: Pod, before?: Consultation) {
    this.all = all;
    this.extenders = all.filter((extender) => isInterested(extender, pod));
    this.#isSecond = before !== undefined;
  }

  get isOutdated(): boolean {
    return this.#isOutdated;
  }

  /** The pod was changed meanwhile. The second answers count all the same, or one that goes on changing is asked about for ever. */
  podChanged(): void {
    this.#isOutdated = !this.#isSecond;
  }

  get isTired(): boolean {
    return this.#rounds > MAX_ROUNDS;
  }

  /** Chance falls alike each time, so that a large cluster is searched from the same node. */
  chance(random: { next(): number }): { next(): number } {
    let at = 0;
    return {
      next: () => {
        this.#draws[at] ??= random.next();
        return this.#draws[at++] as number;
      },
    };
  }

  answered(question: Question, answer: Answer): void {
    this.#answers.set(question.slot, { question, answer });
  }

  /** A round of questions begins. */
  begin(): void {
    this.#rounds++;
  }

  /** Earlier answers count no more. */
  forget(): void {
    this.#answers.clear();
    this.#draws.length = 0;
  }

  /** The nodes that the first extender was asked about; undefined before it was. */
  asked(stage: Stage): ReadonlySet<string> | undefined {
    const first = this.extenders.findIndex(({ verbs }) => verbs.filter !== undefined);
    const known = this.#answers.get(slotOf('filter', first, stage));
    return known && new Set(nodesOf(known.question));
  }

  filter(extender: Extender, stage: Stage, nodes: readonly NodeInfo[]): { error: string } | { filtered: Filtered } {
    const slot = slotOf('filter', this.extenders.indexOf(extender), stage);
    const names = nodes.map(({ name }) => name);
    const answer = this.#covering(slot, names);
    if (answer && ('filtered' in answer || 'error' in answer)) return answer;
    throw new Unanswered([{ slot, verb: 'filter', extender, nodes: names }]);
  }

  /** The scores of each extender that gives some. They are asked at once. */
  prioritize(nodes: readonly NodeInfo[]): { extender: Extender; scores: ReadonlyMap<string, number> }[] {
    const names = nodes.map(({ name }) => name);
    const missing: Question[] = [];
    const found: { extender: Extender; scores: ReadonlyMap<string, number> }[] = [];
    for (const [i, extender] of this.extenders.entries()) {
      if (extender.verbs.prioritize === undefined) continue;
      const slot = slotOf('prioritize', i, 'all');
      const answer = this.#covering(slot, names);
      if (!answer) missing.push({ slot, verb: 'prioritize', extender, nodes: names });
      // An extender that fails gives no score.
      else if ('scores' in answer) found.push({ extender, scores: answer.scores });
    }
    if (missing.length > 0) throw new Unanswered(missing);
    return found;
  }

  /** Of nodes whose victims are as they were when the extender was asked. */
  preempt(extender: Extender, candidates: readonly Candidate[]): { error: string } | { preempted: Preempted } {
    const slot = slotOf('preempt', this.extenders.indexOf(extender), 'all');
    const known = this.#answers.get(slot);
    const ask = (): never => {
      throw new Unanswered([{ slot, verb: 'preempt', extender, candidates }]);
    };
    if (known?.question.verb !== 'preempt') return ask();
    const { answer, question } = known;
    const before = new Map(question.candidates.map((candidate) => [candidate.node, printed(candidate)]));
    const same = new Set(
      candidates.filter((one) => before.get(one.node) === printed(one)).map((candidate) => candidate.node),
    );
    if ('error' in answer) return same.size === before.size ? answer : ask();
    if (!('preempted' in answer)) return ask();
    const preempted = new Map([...answer.preempted].filter(([node]) => same.has(node) || !before.has(node)));
    return preempted.size === 0 && answer.preempted.size > 0 ? ask() : { preempted };
  }

  #covering(slot: string, names: readonly string[]): Answer | undefined {
    const known = this.#answers.get(slot);
    if (!known) return undefined;
    const asked = new Set(nodesOf(known.question));
    return names.every((name) => asked.has(name)) ? known.answer : undefined;
  }
}

function slotOf(verb: Question['verb'], extender: number, stage: Stage): string {
  return `${verb}/${extender}/${stage}`;
}

function nodesOf(question: Question): readonly string[] {
  return question.verb === 'preempt' ? [] : question.nodes;
}

function printed({ victims, violations }: Candidate): string {
  return JSON.stringify([victims.map(({ uid }) => uid), violations]);
}
