/** The ports of a follower of the log, and its handler. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Change, LogPort, NotePort, ReadPort, TimerPort } from '../controllers/runtime/ports.ts';
import type { Pending } from './cursor.ts';
import type { Guard } from './wake-guard.ts';

export interface FollowerPorts {
  log: LogPort;
  read: ReadPort;
  timers: TimerPort;
  /** Left out, each wake reads everything. */
  notes?: NotePort;
  guard?: Guard;
  /** Names the code that follows: other code reads everything anew. */
  build?: string;
  clock: { now(): number };
  /** Runs the work soon, after requests that wait have had their turn; or after some milliseconds. */
  defer(work: () => void, ms?: number): void;
  /** An error that was not expected; work goes on. */
  report?(error: unknown, about: string): void;
}

/** An object as the scan found it, or as a change left it. */
export interface ObservedState {
  key: string;
  revision: number;
  text: string;
  gone: boolean;
  /** The text's, which other followers may read, too: not to be changed. */
  object(): KubeObject;
}

/** The part of a follower that knows its objects. None of these is called while another one runs. */
export interface FollowerHandler {
  /** The name of the cursor's note, and the id of the one timer. */
  readonly note: string;
  readonly timer: string;
  /** The prefixes that are read before any work is done, in this order. */
  readonly prefixes: readonly string[];
  /** Whether a change matters, and whether it brings work while nothing is followed. Pure. */
  concerns(change: Change, following: boolean): 'work' | 'knowledge' | undefined;
  /** An object of the scan. */
  scanned(item: ObservedState): void;
  /** Changes since, in order. A change that throws is handed over again. */
  changed(items: readonly ObservedState[]): void;
  /** A slice of work. */
  work(now: number): void;
  /** Whether there is more to do at once. */
  ready(): boolean;
  /** The work that is left, besides the timer's. */
  left(): Pending | undefined;
  /** The time of the next work that comes by itself, in milliseconds since the epoch. */
  nextDue(): number | undefined;
}
