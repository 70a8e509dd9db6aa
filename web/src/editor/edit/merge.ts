/** Three texts become one: the edit of this page, put on what another made of the object meanwhile. */
import { diff3Merge } from 'node-diff3';

export interface Merged {
  text: string;
  /** Places where both changed the same lines: they stand in the text with marks around them. */
  conflicts: number;
}

export const MARKS = { mine: '<<<<<<< yours', middle: '=======', theirs: '>>>>>>> in the cluster' } as const;

export function merge(mine: string, base: string, theirs: string): Merged {
  if (theirs === base || mine === theirs) return { text: mine, conflicts: 0 };
  if (mine === base) return { text: theirs, conflicts: 0 };
  const regions = diff3Merge(mine.split('\n'), base.split('\n'), theirs.split('\n'), { excludeFalseConflicts: true });
  let conflicts = 0;
  const lines = regions.flatMap(({ ok, conflict }) => {
    if (!conflict) return ok ?? [];
    conflicts += 1;
    return [MARKS.mine, ...conflict.a, MARKS.middle, ...conflict.b, MARKS.theirs];
  });
  return { text: lines.join('\n'), conflicts };
}
