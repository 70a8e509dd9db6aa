/** Patterns of schemas. */
import { compileExpression, isCompiled, isTooLarge, matchesAnywhere } from '../../regular-expressions.ts';

/** Why a pattern is none, in the words of Go's compiler; undefined for a good one. */
export function patternProblem(pattern: string): string | undefined {
  const made = compileExpression(isTooLarge(pattern) ? pattern : withFewRepeats(pattern));
  return typeof made === 'string' ? (problemOf(pattern) ?? made) : undefined;
}

function problemOf(pattern: string): string | undefined {
  const made = compileExpression(pattern);
  return typeof made === 'string' ? made : undefined;
}

const REPEAT = /\{(\d+)(?:(,)(\d*))?\}/g;
/** Go's limit of a repetition, and of repetitions within others. */
const MAX_REPEATS = 1000;

/**
 * The pattern with its counts made small: it is as good or bad as before, and compiled in no time, while one that is
 * repeated a thousand times takes milliseconds, and a definition may have thousands of those. Counts that could be too
 * many stay.
 */
function withFewRepeats(pattern: string): string {
  let times = 1;
  for (const [, least = '', , most = ''] of pattern.matchAll(REPEAT)) times *= Math.max(Number(least), Number(most), 1);
  if (times > MAX_REPEATS) return pattern;
  return pattern.replace(REPEAT, (whole: string, least: string, comma: string | undefined, most = '') => {
    if (most !== '' && Number(most) < Number(least)) return whole;
    return `{${Math.min(Number(least), 1)}${comma ?? ''}${most === '' ? '' : Math.min(Number(most), 2)}}`;
  });
}

export function matchesPattern(pattern: string, text: string): boolean {
  const made = compileExpression(pattern);
  return typeof made !== 'string' && matchesAnywhere(made, text);
}

/** Instructions at characters that cost as much as another check of a value, where a text is long. */
const QUICK_INSTRUCTIONS = 100;
/** Characters from which on a hostile text tries each instruction at each of them; shorter ones do less. */
const LONG = 1000;

/** Instructions that cost as much to compile as another check. */
const COMPILED_INSTRUCTIONS = 2;

/** How many other checks {@link matchesPattern} may cost. */
export function patternCost(pattern: string, text: string): number {
  const isNew = !isCompiled(pattern);
  const made = compileExpression(pattern);
  if (typeof made === 'string') return 0;
  const compiling = isNew ? made.programSize() / COMPILED_INSTRUCTIONS : 0;
  return compiling + (made.programSize() * text.length * Math.min(1, text.length / LONG)) / QUICK_INSTRUCTIONS;
}
