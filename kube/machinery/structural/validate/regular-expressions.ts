/** Patterns of schemas. */
import { compileExpression, isCompiled, isTooLarge, matchesAnywhere, searchSteps } from '../../regular-expressions.ts';

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

/** Steps of a search (`searchSteps`) that cost as much as a check of a value. */
const STEPS = 100;
/** Instructions that cost as much to compile as a check of a value. */
const COMPILED_INSTRUCTIONS = 2;
/** Checks of values that a character costs to compile, also one of a pattern that is none. */
const COMPILED_CHARACTER = 2;

/** The cost of {@link matchesPattern} at most, in checks of values. */
export function patternCost(pattern: string, text: string): number {
  const parsing = isCompiled(pattern) ? 0 : pattern.length * COMPILED_CHARACTER;
  const made = compileExpression(pattern);
  if (typeof made === 'string') return parsing;
  const compiling = parsing === 0 ? 0 : Math.max(parsing, made.programSize() / COMPILED_INSTRUCTIONS);
  return compiling + searchSteps(made, text) / STEPS;
}
