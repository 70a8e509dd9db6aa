/**
 * Marks tell what a client has read. It is sent a mark that it cannot guess after each step of frames, and sends it
 * back when it has read that far (`wire/socket.ts`). An acknowledgement alone proves nothing, and what a client does
 * not read piles up in the runtime, which says nothing of it.
 */
import { CREDIT_STEP } from '../../../wire/socket.ts';

/** Plain data: kept with the socket while the object sleeps. */
export interface Marks {
  /** Marks that were sent and have not come back, each with the code units that it follows. */
  sent: (readonly [mark: string, units: number])[];
  /** Code units since the last of them. */
  since: number;
}

export const noMarks = (): Marks => ({ sent: [], since: 0 });

/** A frame of so many code units was sent. Returns the mark to send after it, when there is to be one. */
export function addFrame(marks: Marks, units: number, newMark: () => string): string | undefined {
  marks.since += units;
  if (marks.since < CREDIT_STEP) return undefined;
  const mark = newMark();
  marks.sent.push([mark, marks.since]);
  marks.since = 0;
  return mark;
}

/**
 * The code units that a mark proves to have been read: those before it that no other has proved. 0 for one that is
 * none.
 */
export function takeMark(marks: Marks, mark: string): number {
  const at = marks.sent.findIndex(([sent]) => sent === mark);
  return marks.sent.splice(0, at + 1).reduce((sum, [, units]) => sum + units, 0);
}
