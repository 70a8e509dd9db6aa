/** The ports of the controller manager, and its interface. */
import type { Registry } from '../../../kube/metrics/registry.ts';
import type { UsageFollow } from '../../../wire/usage.ts';
import type { Guard } from '../../follow/wake-guard.ts';
import type { Controller } from './controller.ts';
import type { News } from './news.ts';
import type { Effects } from './plan.ts';
import type {
  Clock,
  CountPort,
  LogPort,
  NotePort,
  Random,
  RESTMapper,
  ReadPort,
  RequestPort,
  ServedPort,
  TimerPort,
} from './ports.ts';
import type { DueRow } from './timer-rows.ts';

export interface ControllerManagerPorts {
  controllers: readonly Controller[];
  /** Names the code of the controllers: when it changes, everything is looked at anew. */
  build: string;
  /** Of a new cluster: the revision up to which its objects are as the controllers would leave them. */
  settled?: number;
  kinds: RESTMapper & ServedPort;
  log: LogPort;
  read: ReadPort & CountPort;
  request: RequestPort;
  /** The effects that Plans may name; none when left out. */
  effects?: Effects;
  /** Has nodes tell of changes in what pods use; false where one of them cannot be told. None can when left out. */
  follow?(asked: UsageFollow): boolean;
  /** Ids set here begin with `TIMER_PREFIX`. */
  timers: TimerPort;
  guard: Guard;
  notes: NotePort;
  clock: Clock;
  /** A registry that no page shows, when left out. */
  metrics?: Registry;
  random: Random;
  /** `setTimeout`. */
  defer(run: () => void, ms: number): void;
  /** An error that was not expected; work goes on. */
  report?(error: unknown, about: string): void;
}

export interface ControllerManager {
  /** Call once when the object is constructed: picks up what was left undone. Does nothing when nothing was. */
  wake(): void;
  /**
   * Call from the object's alarm. `now` in milliseconds since the epoch. Takes its due rows from `timers`, unless
   * they are handed in.
   */
  alarm(now: number, due?: readonly DueRow[]): void;
  /** News that nodes tell. */
  readonly news: Pick<News, 'lookAt' | 'connected'>;
  /** Resolves when nothing is left to do now (timers aside). */
  idle(): Promise<void>;
  /** Stops listening and starts nothing more, as an eviction would. */
  stop(): void;
}
