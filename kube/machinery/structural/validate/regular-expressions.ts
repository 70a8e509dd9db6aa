/** Patterns of schemas: Go's regular expressions, which take time in proportion to the text. */
import { RE2JS, RE2JSException } from 're2js';

/** Compiled ones are shared by all clusters of the isolate; hostile ones push no others out for long. */
const KEPT = 500;
const compiled = new Map<string, RE2JS | string>();

/** Why a pattern is none, in the words of Go's compiler; undefined for a good one. */
export function patternProblem(pattern: string): string | undefined {
  const made = compile(pattern);
  return typeof made === 'string' ? made : undefined;
}

export function matchesPattern(pattern: string, text: string): boolean {
  const made = compile(pattern);
  return typeof made !== 'string' && made.test(text);
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
