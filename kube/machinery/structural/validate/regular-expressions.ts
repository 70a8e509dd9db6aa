/** Patterns of schemas: Go's regular expressions, which take time in proportion to the text. */
import { RE2JS, RE2JSException } from 're2js';

/** Compiled ones are shared by all clusters of the isolate; hostile ones push no others out for long. */
const KEPT = 500;
const compiled = new Map<string, RE2JS | string>();

/** Why a pattern is none, in the words of Go's compiler; undefined for a good one. */
export function patternProblem(pattern: string): string | undefined {
  const made = compile(withFewRepeats(pattern));
  return typeof made === 'string' ? (problemOf(pattern) ?? made) : undefined;
}

function problemOf(pattern: string): string | undefined {
  const made = compile(pattern);
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
  const made = compile(pattern);
  return typeof made !== 'string' && made.test(text);
}

/** Instructions at characters that cost as much as another check of a value, where a text is long. */
const QUICK_INSTRUCTIONS = 100;
/** Characters from which on a hostile text tries each instruction at each of them; shorter ones do less. */
const LONG = 1000;

/** How many other checks {@link matchesPattern} may cost. */
export function patternCost(pattern: string, text: string): number {
  const made = compile(pattern);
  if (typeof made === 'string') return 0;
  return (made.programSize() * text.length * Math.min(1, text.length / LONG)) / QUICK_INSTRUCTIONS;
}

function compile(pattern: string): RE2JS | string {
  let made = compiled.get(pattern);
  if (made === undefined) {
    made = tryCompile(pattern);
    if (compiled.size >= KEPT) {
      const [oldest] = compiled.keys();
      if (oldest !== undefined) compiled.delete(oldest);
    }
    compiled.set(pattern, made);
  }
  return made;
}

function tryCompile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return (error as Error).message;
    throw error;
  }
}
