/**
 * A machine whose clock was set back. Waits are timer rows with the time at which they end, and would last longer by as
 * much: a client that failed an hour before the clock of a laptop was put right would be tried again a day later. Upstream
 * waits by a clock that is never set. So the rows come earlier by the time that the clock was set back. A controller that
 * waits for a time of the calendar, as for a CronJob's next run, looks at the clock again then, and waits on.
 */

import type { LogPort, NotePort } from '../controllers/runtime/ports.ts';

/** Clocks are adjusted by less than this all the time. */
const TOLERANCE_MS = 30_000;

/** The revision at which the clock was last seen to have been set back, and the time then. */
const NOTE = 'clock/set-back';

export interface SetBackPorts {
  now(): number;
  log: Pick<LogPort, 'revision' | 'at'>;
  notes: NotePort;
  /** Has every wait end so many milliseconds earlier. */
  setBack(by: number): void;
}

export class SetBackClock {
  readonly #ports: SetBackPorts;
  #latest: number | undefined;

  constructor(ports: SetBackPorts) {
    this.#ports = ports;
  }

  /** To be called whenever the object wakes, before anything else looks at the clock. */
  look(): void {
    const now = this.#ports.now();
    const latest = this.#latest ?? this.#known() ?? now;
    const by = latest - now;
    this.#latest = Math.max(latest, now);
    if (by <= TOLERANCE_MS) return;
    this.#latest = now;
    this.#ports.notes.write(NOTE, JSON.stringify({ revision: this.#ports.log.revision, at: now }));
    this.#ports.setBack(by);
  }

  /** The latest time that earlier lives of the object are known to have seen. */
  #known(): number | undefined {
    const { log, notes } = this.#ports;
    const note = notes.read(NOTE);
    const seen: { revision: number; at: number } | undefined = note === undefined ? undefined : JSON.parse(note);
    return seen?.revision === log.revision ? seen.at : log.at(log.revision)?.cause.at;
  }
}
