/**
 * The times at which the log is compacted: a little after there will be rows to delete, so that rows due within
 * minutes go in one wake. A cluster in which there is nothing to delete is not woken for it.
 */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { printObject } from '../apiserver/write/print.ts';
import type { TimerPort } from '../controllers/runtime/ports.ts';
import { StoreError, type StoreErrorCode } from '../store/errors.ts';
import type { SqliteStore } from '../store/mvcc.ts';
import type { ExpiringEvent } from '../store/tables/events.ts';

export const COMPACTION_PREFIX = 'compact/';
const TIMER = `${COMPACTION_PREFIX}due`;
const MINUTE = 60_000;
/** The delay of a compaction where the storage is full and writes wait for it. */
const FULL_BATCH_MS = 10_000;
/** The delay of a compaction otherwise, and of another look for the next one in a cluster with writes. */
const BATCH_MS = 6 * MINUTE;
/** The delay of another look where nothing can be deleted: new writes may leave something (Events live an hour). */
const IDLE_CHECK_MS = 60 * MINUTE;
const MEANWHILE: ReadonlySet<StoreErrorCode> = new Set(['not-found', 'conflict']);

export interface CompactionPorts {
  store: Pick<SqliteStore, 'onCommit' | 'compact' | 'compactAt' | 'use' | 'expiringEvents' | 'commit'>;
  timers: TimerPort;
  now(): number;
  /** Lets requests in between two steps. */
  pause(): Promise<void>;
  /** Whether a client watches Events. */
  areEventsWatched(): boolean;
}

export interface Compaction {
  alarm(now: number): Promise<void>;
}

export function scheduleCompaction({ store, timers, now, pause, areEventsWatched }: CompactionPorts): Compaction {
  let looked = Number.NEGATIVE_INFINITY;
  let wasFull = false;
  const batch = (): number => (store.use.isFull ? FULL_BATCH_MS : BATCH_MS);
  store.onCommit(() => {
    const at = now();
    const { isFull } = store.use;
    // A write that fills the storage may be the last that is not refused until there has been a compaction.
    if (at - looked < batch() && !(isFull && !wasFull)) return;
    looked = at;
    wasFull = isFull;
    timers.set(TIMER, (store.compactAt() ?? at + IDLE_CHECK_MS) + batch());
  });
  return {
    async alarm(at) {
      if (timers.takeDue(at, 10).length === 0) return;
      // Written with the deletion: the object may be evicted between two steps, and rows are left to delete then.
      timers.set(TIMER, at + batch());
      try {
        for (let more = true; more; ) {
          // Upstream's Events end with a lease of etcd's, and their watchers are told. Without one, a delete is a row
          // more.
          if (areEventsWatched()) await Promise.all(store.expiringEvents(at).map((event) => expire(store, event, at)));
          more = store.compact(at);
          if (more) await pause();
        }
      } finally {
        wasFull = store.use.isFull;
        // Also after an error, which ends this run alone: what it left is due already.
        const next = store.compactAt();
        if (next === undefined) {
          timers.clear(TIMER);
          // The next write has no timer to wait for.
          looked = Number.NEGATIVE_INFINITY;
        } else timers.set(TIMER, Math.max(next, at) + batch());
      }
    },
  };
}

async function expire(
  store: CompactionPorts['store'],
  { key, revision: chosen }: ExpiringEvent,
  at: number,
): Promise<void> {
  try {
    await store.commit({
      key,
      expect: chosen,
      apply: (current, { revision }) =>
        current ? { delete: printObject(parseExact(current.text) as KubeObject, revision) } : 'unchanged',
      cause: { kind: 'system', at, why: 'expired' },
    });
  } catch (error) {
    // A request has deleted the Event meanwhile, or written it, which gives it another hour.
    if (!(error instanceof StoreError && MEANWHILE.has(error.code))) throw error;
  }
}
