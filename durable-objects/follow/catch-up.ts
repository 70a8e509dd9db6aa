/** Changes that were committed while the object slept: read from the log, after the cursor. */
import type { Change, LogPort } from '../controllers/runtime/ports.ts';

const PAGE = 200;

/** Whether a change that `concerns` the follower was committed after a revision, as far as the log can tell. */
export function isBehind(log: LogPort, revision: number, concerns: (change: Change) => boolean): boolean {
  for (let after = revision; after < log.revision; ) {
    const changes = readLog(log, after, PAGE);
    if (!changes || changes.some(concerns)) return true;
    const last = changes.at(-1);
    if (!last) return false;
    after = last.revision;
  }
  return false;
}

/** Hands over all changes after `start`, up to and with `end`. False when the log no longer reaches back. */
export async function replay(
  log: LogPort,
  start: number,
  end: number,
  pause: () => Promise<void>,
  each: (change: Change) => void,
): Promise<boolean> {
  for (let after = start; after < end; await pause()) {
    const changes = readLog(log, after, PAGE);
    if (!changes) return false;
    if (changes.length === 0) return true;
    for (const change of changes) {
      if (change.revision > end) return true;
      each(change);
      after = change.revision;
    }
  }
  return true;
}

/** undefined when the log was compacted behind `after`. */
export function readLog(log: LogPort, after: number, limit: number): Change[] | undefined {
  try {
    return log.log({ after, limit });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'compacted') return undefined;
    throw error;
  }
}
