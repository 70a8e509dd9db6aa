/** Completed and failed indexes of an indexed job as text: `1,3-5,7` (`pkg/apis/batch/validation/validation.go`). */
import { goQuote } from '../../machinery/schema/go-names.ts';

/** First and last index. */
type Interval = readonly [number, number];

const INTEGER = /^\+?\d+$/;

/** The interval, or the reason why the text is no interval. */
function readInterval(text: string, completions: number): Interval | string {
  const limits = text.split('-');
  if (limits.length > 2) {
    return `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  }
  const read: number[] = [];
  for (const limit of limits) {
    if (!INTEGER.test(limit) || Number(limit) >= 2 ** 63) {
      return `cannot convert string to integer for index: ${goQuote(limit)}`;
    }
    if (Number(limit) >= completions) return `too large index: ${goQuote(limit)}`;
    read.push(Number(limit));
  }
  const [first = 0, last = first] = read;
  return read.length > 1 && first >= last ? notIncreasing(first, last) : [first, last];
}

function notIncreasing(previous: number, current: number): string {
  return `non-increasing order, previous: ${previous}, current: ${current}`;
}

/** The number of indexes in an increasing list of those below `completions`, or the reason why the text is none. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let previous: number | undefined;
  for (const part of text.split(',')) {
    const interval = readInterval(part, completions);
    if (typeof interval === 'string') return interval;
    const [first, last] = interval;
    if (previous !== undefined && previous >= first) return notIncreasing(previous, first);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The reason why {@link countIndexes} has none; undefined for a good list. */
export function indexesFault(text: string, completions: number): string | undefined {
  const counted = countIndexes(text, completions);
  return typeof counted === 'string' ? counted : undefined;
}

/**
 * The first index that both lists have. Both are taken to be in increasing order; parts that are no interval are
 * skipped.
 */
export function commonIndex(completed: string, failed: string, completions: number): number | undefined {
  const [ours, theirs] = [completed, failed].map((text) =>
    text.split(',').flatMap((part) => {
      const interval = readInterval(part, completions);
      return typeof interval === 'string' ? [] : [interval];
    }),
  ) as [Interval[], Interval[]];
  for (let [c, f] = [0, 0]; c < ours.length && f < theirs.length; ) {
    const [[firstDone, lastDone], [firstFailed, lastFailed]] = [ours[c], theirs[f]] as [Interval, Interval];
    if (firstDone <= lastFailed && firstFailed <= lastDone) return Math.max(firstDone, firstFailed);
    if (firstDone <= firstFailed) c++;
    else f++;
  }
  return undefined;
}
