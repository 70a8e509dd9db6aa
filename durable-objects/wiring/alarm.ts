/**
 * The object's one alarm, for the timers of several parts. The runtime drops an alarm that has thrown six times, so
 * this one never throws: an error of one part is reported, holds up no other part, and that part is not tried again at
 * once.
 */
export interface AlarmPorts {
  parts: readonly ((now: number) => void | Promise<void>)[];
  /** The due time of the next timer. */
  next(): number | undefined;
  report(about: string, error: unknown): void;
}

/** Milliseconds after an alarm that failed, before which there is no other: its timers may still be due. */
const AFTER_FAILURE = 30_000;

export interface Alarm {
  /** Times in milliseconds since the epoch. */
  ring(now: number): Promise<void>;
  next(): number | undefined;
}

export function makeAlarm({ parts, next, report }: AlarmPorts): Alarm {
  let earliest = 0;
  return {
    async ring(now) {
      earliest = 0;
      for (const part of parts) {
        try {
          await part(now);
        } catch (error) {
          earliest = now + AFTER_FAILURE;
          report('alarm', error);
        }
      }
    },
    next() {
      const due = next();
      return due === undefined ? undefined : Math.max(due, earliest);
    },
  };
}
