/**
 * The last decisions, each with what the plugins said of the nodes. They are in memory, and the newest of them in a note,
 * which is written once a burst of decisions is over, so that a cluster that has slept since still tells why.
 */
import type { SchedulingDecision } from '../../wire/why.ts';
import type { NotePort } from '../controllers/runtime/ports.ts';
import { type DecisionTrace, shortened } from './framework/decision-trace.ts';
import type { Chosen, Unschedulable } from './schedule.ts';

const MAX_DECISIONS = 200;
const NOTE = 'scheduler/decisions';
/** Decisions of this time are written together, one row for all of them. */
const KEEP_AFTER_MS = 2_000;
/** Characters of the note, and of a decision in it: a larger one is kept with fewer nodes. */
const MAX_KEPT = 256 * 1024;
const MAX_ONE = 64 * 1024;

/** The part of a decision that stands beside its trace. */
type Outcome = Omit<SchedulingDecision, 'verdicts' | 'weights' | 'preferences' | 'passed' | 'nominated' | 'refusal'>;

interface Entry {
  uid: string;
  outcome: Outcome;
  /** The rest of the decision: a trace is printed only where it is asked for. */
  rest(): Omit<SchedulingDecision, keyof Outcome>;
}

/** Of a decision that came to no end. */
const UNTOLD: ReturnType<Entry['rest']> = { passed: 0, verdicts: [], weights: {}, preferences: {} };

type Kept = [key: string, uid: string, decision: SchedulingDecision];

export interface DecisionLogPorts {
  /** Left out, a decision is forgotten when the object sleeps. */
  notes?: NotePort;
  defer(work: () => void, ms?: number): void;
}

export class DecisionLog {
  readonly #ports: DecisionLogPorts | undefined;
  readonly #entries = new Map<string, Entry>();
  #isRead = false;
  #isDue = false;

  constructor(ports?: DecisionLogPorts) {
    this.#ports = ports;
  }

  note(
    { key, uid }: { key: string; uid: string },
    chosen: Chosen | Unschedulable,
    about: { at: number; nodes: number },
    trace: DecisionTrace,
  ): void {
    const outcome: Outcome =
      'node' in chosen
        ? { ...about, outcome: 'scheduled', node: chosen.node.name }
        : { ...about, outcome: 'unschedulable', message: shortened(chosen.unschedulable) };
    trace.settle('node' in chosen ? chosen.node : undefined);
    const rest = () => ({
      ...trace.passed,
      verdicts: trace.verdicts(),
      weights: trace.weights,
      preferences: trace.preferences,
    });
    this.#entries.delete(key);
    this.#entries.set(key, { uid, outcome, rest });
    this.#shorten();
    this.#keepSoon();
  }

  /** The decision about a pod could not be carried out, or came to no end: then what the nodes were found to be is not told. */
  failed({ key, uid }: { key: string; uid: string }, message: string, about: { at: number; nodes: number }): void {
    const entry = this.#entries.get(key);
    // A decision of an earlier try is not this one.
    const isThis = entry?.uid === uid && entry.outcome.at === about.at;
    const outcome = { ...about, outcome: 'failed', message: shortened(message) } as const;
    this.#entries.delete(key);
    this.#entries.set(key, { uid, outcome, rest: isThis ? entry.rest : () => UNTOLD });
    this.#shorten();
    this.#keepSoon();
  }

  /** The last decision about this pod, if it is kept. */
  find(key: string, uid: string): SchedulingDecision | undefined {
    this.#read();
    const entry = this.#entries.get(key);
    return entry?.uid === uid ? { ...entry.outcome, ...entry.rest() } : undefined;
  }

  #keepSoon(): void {
    if (this.#isDue || !this.#ports?.notes) return;
    this.#isDue = true;
    this.#ports.defer(() => {
      this.#isDue = false;
      this.#read();
      this.#ports?.notes?.write(NOTE, this.#text());
    }, KEEP_AFTER_MS);
  }

  /** The newest decisions that fit, oldest first. */
  #text(): string {
    const texts: string[] = [];
    let size = 0;
    for (const [key, { uid, outcome, rest }] of [...this.#entries].reverse()) {
      const text = printed(key, uid, { ...outcome, ...rest() });
      size += text.length;
      if (size > MAX_KEPT) break;
      texts.push(text);
    }
    return `[${texts.reverse().join()}]`;
  }

  /** Takes in what earlier lives of the object have decided: older than all that is here. */
  #read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const newer = [...this.#entries];
    this.#entries.clear();
    for (const [key, uid, decision] of JSON.parse(this.#ports?.notes?.read(NOTE) ?? '[]') as Kept[])
      this.#entries.set(key, { uid, outcome: decision, rest: () => decision });
    for (const [key, entry] of newer) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    this.#shorten();
  }

  #shorten(): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_DECISIONS) return;
      this.#entries.delete(oldest);
    }
  }
}

function printed(...[key, uid, decision]: Kept): string {
  const text = JSON.stringify([key, uid, decision]);
  if (text.length <= MAX_ONE || decision.verdicts.length === 0) return text;
  const fewer = Math.floor((decision.verdicts.length * MAX_ONE) / (text.length + MAX_ONE));
  return printed(key, uid, { ...decision, verdicts: decision.verdicts.slice(0, fewer) });
}
