/**
 * When the log is compacted: some minutes after something was written, and once more when the last Events have had their
 * hour. A cluster in which nothing is written is not woken for it.
 */
import type { TimerPort } from '../controllers/runtime/ports.ts';
import type { Store } from '../store/store.ts';

export const COMPACTION_PREFIX = 'compact/';
const SOON = `${COMPACTION_PREFIX}soon`;
const LATE = `${COMPACTION_PREFIX}late`;
const SOON_MS = 6 * 60_000;
const LATE_MS = 66 * 60_000;

export interface Compaction {
  alarm(now: number): Promise<void>;
}

/** `pause` lets requests in between two steps. */
export function scheduleCompaction(
  store: Store,
  timers: TimerPort,
  now: () => number,
  pause: () => Promise<void>,
): Compaction {
  let set = false;
  store.onCommit(() => {
    if (set) return;
    set = true;
    timers.set(SOON, now() + SOON_MS);
  });
  return {
    async alarm(at) {
      const due = timers.takeDue(at, 10);
      if (due.length === 0) return;
      if (due.some(({ id }) => id === SOON)) {
        set = false;
        timers.set(LATE, at + LATE_MS);
      }
      while (store.compact(at)) await pause();
    },
  };
}
