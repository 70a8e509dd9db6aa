/** What was committed while the object slept: read from the log, after the cursor. */
import type { Change, LogPort } from './ports.ts';
import { isProjected } from './view-cache.ts';

const PAGE = 200;

/** Whether something that concerns controllers was committed after a revision: Events alone do not. */
export function isBehind(log: LogPort, revision: number): boolean {
  for (let after = revision; after < log.revision; ) {
    const changes = readLog(log, after);
    if (!changes || changes.some((change) => isProjected(change.key))) return true;
    const last = changes.at(-1);
    if (!last) return false;
    after = last.revision;
  }
  return false;
}

/** Hands over what concerns controllers, up to and with revision `end`. False when the log no longer reaches back. */
export async function replay(
  log: LogPort,
  start: number,
  end: number,
  pause: () => Promise<void>,
  each: (change: Change) => void,
): Promise<boolean> {
  for (let after = start; after < end; await pause()) {
    const changes = readLog(log, after);
    if (!changes) return false;
    if (changes.length === 0) return true;
    for (const change of changes) {
      if (change.revision > end) return true;
      if (isProjected(change.key)) each(change);
      after = change.revision;
    }
  }
  return true;
}

/** undefined when the log was compacted behind `after`. */
function readLog(log: LogPort, after: number): Change[] | undefined {
  try {
    return log.log({ after, limit: PAGE });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'compacted') return undefined;
    throw error;
  }
}
