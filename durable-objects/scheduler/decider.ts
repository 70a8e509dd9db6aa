import type { Random } from '../controllers/runtime/ports.ts';
import type { Decided } from './actions.ts';
import { likenessOf } from './cache/projections.ts';
import type { Snapshot } from './cache/snapshot.ts';
import type { DecisionLog } from './decision-log.ts';
import { type Consultation, type Question, Unanswered } from './extenders/consultation.ts';
import { DecisionTrace } from './framework/decision-trace.ts';
import type { Profile } from './framework/profile.ts';
import { AnswersOfProfile } from './framework/profile-answers.ts';
import { hasWaited } from './queue/queued-pod.ts';
import { type Chosen, schedule, type Unschedulable } from './schedule.ts';
import { Slice } from './slice.ts';

/** Telling an extender of a node costs so many times as much as looking at it. */
const TOLD = 10;

interface Decision {
  outcome: Chosen | Unschedulable;
  trace: DecisionTrace;
}

/**
 * Decides on the pods of a slice. Pods that are alike fail alike while nothing else happens: a workload that fits nowhere
 * is compared with the nodes once.
 */
export class Decider {
  readonly slice = new Slice();
  readonly #snapshot: Snapshot;
  readonly #random: Random;
  readonly #decisions: DecisionLog;
  /** Of this slice, since the last pod found a node. */
  readonly #failures = new Map<string, Decision>();
  readonly #answers = new WeakMap<Profile, AnswersOfProfile>();

  constructor(snapshot: Snapshot, random: Random, decisions: DecisionLog) {
    this.#snapshot = snapshot;
    this.#random = random;
    this.#decisions = decisions;
  }

  begin(): void {
    this.slice.begin();
    this.#failures.clear();
  }

  /** `consultation`: what extenders have said about the pod. */
  decide(decided: Decided, consultation?: Consultation): Chosen | Unschedulable {
    const { queued, begun } = decided;
    const known = consultation ? undefined : this.#failureOfOneAlike(decided);
    const { outcome, trace } = known ?? this.#compare(decided, consultation);
    this.#decisions.note(queued, outcome, { at: begun, nodes: this.#snapshot.nodes.length }, trace);
    return outcome;
  }

  #failureOfOneAlike({ queued, pod, info }: Decided): Decision | undefined {
    const isNominated = this.#snapshot.nominator.nodeOf(info.key) !== '' || pod.status?.nominatedNodeName;
    if (this.#failures.size === 0 || isNominated || hasWaited(queued)) return undefined;
    queued.alike ??= likenessOf(pod);
    return this.#failures.get(queued.alike);
  }

  #compare({ queued, pod, info, profile, begun }: Decided, consultation: Consultation | undefined): Decision {
    const trace = new DecisionTrace();
    const asked = consultation ? { consultation } : {};
    const answers = this.#answersOf(profile).of(pod, info);
    const spend = (nodes: number): void => this.slice.spend(nodes);
    const options = { profile, info, hasWaited: hasWaited(queued), trace, answers, now: begun, spend, ...asked };
    const random = consultation?.chance(this.#random) ?? this.#random;
    let outcome: Chosen | Unschedulable;
    try {
      outcome = schedule(pod, this.#snapshot, random, options);
    } catch (error) {
      spend(trace.looked + (error instanceof Unanswered ? costOf(error.questions) : 0));
      throw error;
    }
    const decision = { outcome, trace };
    this.slice.looked(trace.looked, outcome);
    // A nomination that is taken back makes room.
    const isNominated = this.#snapshot.nominator.nodeOf(info.key) !== '';
    const changesNothing =
      'unschedulable' in outcome && !outcome.nominatedNodeName && !outcome.requests && !isNominated;
    if (changesNothing) queued.alike ??= likenessOf(pod);
    else this.#failures.clear();
    if (changesNothing && queued.alike && !consultation) this.#failures.set(queued.alike, decision);
    return decision;
  }

  #answersOf(profile: Profile): AnswersOfProfile {
    const answers = this.#answers.get(profile) ?? new AnswersOfProfile(profile, this.#snapshot.slots);
    this.#answers.set(profile, answers);
    return answers;
  }
}

/** Questions are put in the turn of the decision, each with the text of every node where the extender keeps none itself. */
function costOf(questions: readonly Question[]): number {
  let cost = 0;
  for (const question of questions) {
    if (question.verb !== 'preempt') cost += question.nodes.length * (question.extender.nodeCacheCapable ? 1 : TOLD);
  }
  return cost;
}
