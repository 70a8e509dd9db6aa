/**
 * The times at which the log is compacted: a little after there will be rows to delete, so that rows due within
 * minutes go in one wake. A cluster in which there is nothing to delete is not woken for it.
 */
import type { TimerPort } from '../controllers/runtime/ports.ts';
import type { SqliteStore } from '../store/mvcc.ts';

export const COMPACTION_PREFIX = 'compact/';
const TIMER = `${COMPACTION_PREFIX}due`;
const MINUTE = 60_000;
/** The delay of a compaction where the storage is full and writes wait for it. */
const FULL_BATCH_MS = 10_000;
/** The delay of a compaction otherwise, and of another look for the next one in a cluster with writes. */
const BATCH_MS = 6 * MINUTE;
/** The delay of another look where nothing can be deleted: new writes may leave something (Events live an hour). */
const IDLE_CHECK_MS = 60 * MINUTE;

export interface Compaction {
  alarm(now: number): Promise<void>;
}

/** `pause` lets requests in between two steps. */
export function scheduleCompaction(
  store: Pick<SqliteStore, 'onCommit' | 'compact' | 'compactAt' | 'use'>,
  timers: TimerPort,
  now: () => number,
  pause: () => Promise<void>,
): Compaction {
  let looked = Number.NEGATIVE_INFINITY;
  const batch = (): number => (store.use.isFull ? FULL_BATCH_MS : BATCH_MS);
  store.onCommit(() => {
    const at = now();
    if (at - looked < batch()) return;
    looked = at;
    timers.set(TIMER, (store.compactAt() ?? at + IDLE_CHECK_MS) + batch());
  });
  return {
    async alarm(at) {
      if (timers.takeDue(at, 10).length === 0) return;
      while (store.compact(at)) await pause();
      const next = store.compactAt();
      if (next !== undefined) timers.set(TIMER, next + batch());
    },
  };
}
