/**
 * Go's regular expressions, which take time in proportion to the text. Compiled ones are shared by all clusters of the
 * isolate, and so is the memory that they take.
 */
import { RE2JS, RE2JSException } from 're2js';

/**
 * Instructions of one expression: upstream takes more than a million, which are as much memory as an isolate has for
 * all of its clusters.
 */
const MAX_INSTRUCTIONS = 100_000;
/** Characters of one expression: the library parses some in the square of their length. The longest in use have some hundreds. */
const MAX_LENGTH = 10_000;
/** Instructions of all expressions that are kept; an instruction takes some 220 bytes. */
const MAX_KEPT = 150_000;
/** States of the automaton that grows with the texts that were seen. Those of the field's patterns have some dozens. */
const MAX_STATES = 200;
/** Instructions that a kept expression counts for, beside its own. */
const ENTRY = 50;
/** Instructions that a Unicode class counts for, as it has hundreds of ranges. */
const UNICODE_CLASS = 32;
const TOO_LARGE = 'error parsing regexp: expression too large';

interface Kept {
  made: RE2JS | string;
  weight: number;
}

const kept = new Map<string, Kept>();
let total = 0;

/** Whether the pattern is compiled already. */
export function isCompiled(pattern: string): boolean {
  return kept.has(pattern);
}

/** The compiled pattern, or the error of Go's compiler as a text. */
export function compileExpression(pattern: string): RE2JS | string {
  const known = kept.get(pattern);
  if (known) return known.made;
  if (pattern.length > MAX_LENGTH) return TOO_LARGE;
  const size = instructionsOf(pattern);
  const made = size > MAX_INSTRUCTIONS ? TOO_LARGE : compile(pattern);
  const weight = ENTRY + pattern.length / 10 + (typeof made === 'string' ? 0 : size);
  // The oldest are dropped first, so that hostile patterns drop others for a short time only.
  for (const oldest of kept.keys()) {
    if (total + weight <= MAX_KEPT) break;
    forget(oldest);
  }
  kept.set(pattern, { made, weight });
  total += weight;
  return made;
}

/**
 * Whether the expression matches anywhere in the text. An expression whose automaton has grown large is not kept: the
 * library lets each grow to 8 MB.
 */
export function matchesAnywhere(expression: RE2JS, text: string): boolean {
  const matches = expression.test(text);
  const { lazyDFA } = expression.re2() as unknown as Engine;
  if ((lazyDFA?.stateCount ?? 0) > MAX_STATES) forget(expression.pattern());
  return matches;
}

/** Characters from which on a hostile text makes a search try each instruction at each of them. */
const LONG_TEXT = 1000;

/** The most steps, instructions at characters, that a search of the text takes. */
export function searchSteps(expression: RE2JS, text: string): number {
  return expression.programSize() * text.length * Math.min(1, text.length / LONG_TEXT);
}

/** The library's engine, of which its types say less. */
interface Engine {
  lazyDFA: { stateCount: number } | null;
}

function forget(pattern: string): void {
  total -= kept.get(pattern)?.weight ?? 0;
  kept.delete(pattern);
}

export function isTooLarge(pattern: string): boolean {
  return pattern.length > MAX_LENGTH || instructionsOf(pattern) > MAX_INSTRUCTIONS;
}

/** Go shows the part of the pattern that is wrong, also when that is none. */
const NO_SHOWN = /trailing backslash at end of expression$/;

function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return (error as Error).message.replace(NO_SHOWN, '$&: ``');
    throw error;
  }
}

const QUOTED = /\\Q.*?(?:\\E|$)/sy;
/** Braces hold the name of a class, or a number: a limit, because the end of an open brace is looked for at each one. */
const UNICODE = /\\[pP](?:\{[^}]{0,40}\}|.)?/sy;
const ESCAPED = /\\(?:x\{[^}]{0,40}\}|.)?/sy;
const CLASS = /\[\^?\]?(?:\\[pP](?:\{[^}]{0,40}\}|.)|\\.|\[:\^?\w+:\]|[^\]\\])*\]?/sy;
const REPEAT = /\{(\d+)(?:,(\d*))?\}/y;

/** Instructions of a pattern that is compiled to find out whether it is one; a larger one is tried without its repeats. */
const FEW_INSTRUCTIONS = 2000;
/** Repeats within repeats multiply up to this in Go. */
const MAX_REPEATS = 1000;
const TOKENS = new RegExp(
  `${[QUOTED, UNICODE, ESCAPED, CLASS].map(({ source }) => source).join('|')}|${REPEAT.source}|.`,
  'gs',
);

const LITERAL = String.raw`[\w .,:;/=@!#%&~"'<>-]|\\[dDwWsS.+*?()[\]{}|^$/\\-]`;
const SIMPLE_CLASS = String.raw`\[\^?-?(?:a-z|A-Z|0-9|a-f|A-F|[\w .,:;/=@+*])+-?\]`;
const COUNT = String.raw`\{(?:[1-9]\d{0,2},?|[01],[1-9]\d{0,2})\}`;
const SEQUENCE = String.raw`(?:(?:${LITERAL}|${SIMPLE_CLASS})(?:[*+?]\??|${COUNT})?|[\^$])*`;
const GROUP = String.raw`\((?:\?:)?${SEQUENCE}(?:\|${SEQUENCE})*\)[*+?]?`;
/**
 * Patterns that need no compiler to tell that they are right, as most of the field's: groups hold no others, and are not
 * counted. Each sort of part begins with other characters, so that the search goes through a pattern once.
 */
const SIMPLE = new RegExp(`^(?:${SEQUENCE.slice(0, -1)}|${GROUP}|\\|)*$`);

/**
 * Whether {@link compileExpression} takes the pattern. A definition can hold thousands of patterns, each of which repeats
 * make a program of a hundred thousand instructions, and none of which may ever be asked for.
 */
export function isExpression(pattern: string): boolean {
  if (!isCompiled(pattern)) {
    if (isTooLarge(pattern)) return false;
    if (SIMPLE.test(pattern)) return true;
    const once = instructionsOf(pattern) > FEW_INSTRUCTIONS ? withoutRepeats(pattern) : undefined;
    if (once !== undefined) return typeof compile(once) !== 'string';
  }
  return typeof compileExpression(pattern) !== 'string';
}

/** The pattern with each counted repeat taken once; undefined where one has a count that Go refuses. */
function withoutRepeats(pattern: string): string | undefined {
  /** The highest product of counts in each group that is open, the outermost first. */
  const open = [1];
  let last = 1;
  let isRefused = false;
  const once = pattern.replace(TOKENS, (token, least?: string, most?: string) => {
    if (least !== undefined) {
      const count = Math.max(Number(least), Number(most || least), 1);
      last *= count;
      if (last > MAX_REPEATS || (most && Number(most) < Number(least))) isRefused = true;
      open.push(Math.max(open.pop() ?? 1, last));
      return most === undefined ? '{1}' : most === '' ? '{1,}' : '{0,1}';
    }
    last = 1;
    if (token === '(') open.push(1);
    else if (token === ')') {
      last = open.pop() ?? 1;
      open.push(Math.max(open.pop() ?? 1, last));
    }
    return token;
  });
  return isRefused ? undefined : once;
}

/** An estimate of the instructions of a pattern, seldom too low; repeats multiply. */
export function instructionsOf(pattern: string): number {
  /** Sizes of the groups that are open. */
  const open: number[] = [];
  let size = 0;
  /** Instructions of the last atom or group, which a repeat multiplies; they are part of `size`. */
  let last = 0;
  let at = 0;
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(pattern);
    if (found) at += found[0].length;
    return found?.[0];
  };
  const atom = (weight: number): void => {
    size += weight;
    last = weight;
  };
  while (at < pattern.length) {
    const character = pattern[at];
    if (character === '(') {
      open.push(size);
      size = 2;
      at++;
    } else if (character === ')') {
      last = size;
      size += open.pop() ?? 0;
      at++;
    } else if (character === '[') {
      const text = take(CLASS) ?? '';
      atom(1 + (text.split(/\\[pP]/).length - 1) * UNICODE_CLASS + text.length / ENTRY);
    } else if (character === '\\') {
      const quoted = take(QUOTED);
      if (quoted !== undefined) {
        size += quoted.length;
        last = 1;
      } else if (take(UNICODE) !== undefined) atom(UNICODE_CLASS);
      else {
        take(ESCAPED);
        atom(1);
      }
    } else if (character === '{') {
      REPEAT.lastIndex = at;
      const found = REPEAT.exec(pattern);
      if (found) {
        const [text, least, most] = found;
        // An optional repetition needs one more instruction to be left out.
        const repeated = Math.max(Number(least), Number(most || least), 1) * (most === undefined ? last : last + 1);
        size += repeated - last;
        last = repeated;
        at += text.length;
      } else {
        atom(1);
        at++;
      }
    } else {
      atom(1);
      at++;
    }
  }
  return open.reduce((sum, one) => sum + one, size);
}
