/** The last decisions, each with what the plugins said of the nodes: in memory, and only so many. */
import type { SchedulingDecision } from '../../wire/why.ts';
import type { DecisionTrace } from './framework/decision-trace.ts';
import type { Chosen, Unschedulable } from './schedule.ts';

const MAX_DECISIONS = 200;

interface Kept {
  uid: string;
  decision: Omit<SchedulingDecision, 'verdicts' | 'weights' | 'preferences' | 'passed' | 'nominated' | 'refusal'>;
  trace: DecisionTrace;
}

export class DecisionLog {
  readonly #kept = new Map<string, Kept>();

  note(
    { key, uid }: { key: string; uid: string },
    outcome: Chosen | Unschedulable,
    about: { at: number; nodes: number },
    trace: DecisionTrace,
  ): void {
    const decision: Kept['decision'] =
      'node' in outcome
        ? { ...about, outcome: 'scheduled', node: outcome.node.name }
        : { ...about, outcome: 'unschedulable', message: outcome.unschedulable };
    trace.settle('node' in outcome ? outcome.node : undefined);
    this.#kept.delete(key);
    this.#kept.set(key, { uid, decision, trace });
    if (this.#kept.size <= MAX_DECISIONS) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }

  /** The decision about a pod could not be carried out. */
  failed(key: string, message: string): void {
    const kept = this.#kept.get(key);
    if (kept) kept.decision = { ...kept.decision, outcome: 'failed', node: undefined, message };
  }

  /** The last decision about this pod, if it is kept. */
  find(key: string, uid: string): SchedulingDecision | undefined {
    const kept = this.#kept.get(key);
    if (kept?.uid !== uid) return undefined;
    const { decision, trace } = kept;
    return {
      ...decision,
      ...trace.passed,
      verdicts: trace.verdicts(),
      weights: trace.weights,
      preferences: trace.preferences,
    };
  }
}
