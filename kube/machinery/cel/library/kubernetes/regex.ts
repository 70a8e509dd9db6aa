/** Regular expressions, on RE2, which takes time linear in the text (apiserver `pkg/cel/library/regex.go`). */
import type { RE2JS } from 're2js';
import { compileExpression, isCompiled, matchesAnywhere, searchSteps } from '../../../regular-expressions.ts';
import { CelError, NativeList, NO_SUCH_OVERLOAD, type Value } from '../../values/value.ts';
import { type CelFunction, type Library, overload } from '../define.ts';

export function compilePattern(pattern: string): RE2JS | CelError {
  const made = compileExpression(pattern);
  return typeof made === 'string' ? new CelError(made) : made;
}

/** Steps of a search (`searchSteps`) that take as long as a unit of cost. */
const STEPS = 20;
/** Units of cost that an instruction takes to compile. */
const COMPILED = 10;
/** Units of cost that a character takes to parse, also one of a pattern that is none. */
const PARSED = 50;
/** Instructions, and characters, that the cost by upstream's formula covers. */
const FEW = 20;
/** Characters that all searches of one `findAll` may look through. */
const MAX_LOOKED_THROUGH = 10_000_000;

/**
 * The highest cost of a search, in units of cost. Upstream's formula counts a pattern by its length, but
 * `[ab]*a[ab]{900}` takes nine hundred steps a character.
 */
export function searchCost(text: string, pattern: string): number {
  const isNew = !isCompiled(pattern);
  const parsing = isNew ? Math.max(0, pattern.length - FEW) * PARSED : 0;
  const regex = compilePattern(pattern);
  if (regex instanceof CelError) return parsing;
  const compiling = isNew ? Math.max(0, regex.programSize() - FEW) * COMPILED : 0;
  return Math.max(parsing, compiling) + Math.floor(searchSteps(regex, text) / STEPS);
}

function find(text: string, pattern: string): Value {
  const regex = compilePattern(pattern);
  if (regex instanceof CelError) return new CelError(`Illegal regex: ${regex.message}`);
  const matcher = regex.matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

function findAll(text: string, pattern: string, limit = -1n): Value {
  const regex = compilePattern(pattern);
  if (regex instanceof CelError) return new CelError(`Illegal regex: ${regex.message}`);
  const matcher = regex.matcher(text);
  const found: Value[] = [];
  let through = 0;
  let end = -1;
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) {
    // Go takes no empty match right behind another.
    if (matcher.start() === matcher.end() && matcher.end() === end) continue;
    end = matcher.end();
    found.push(matcher.group() ?? '');
    through += text.length - matcher.end();
    if (through > MAX_LOOKED_THROUGH) return new CelError('operation cancelled: actual cost limit exceeded');
  }
  return new NativeList(found);
}

export const REGEX: Library = {
  find: [overload('string_find_string', '.string, string -> string', find)],
  findAll: [
    overload('string_find_all_string', '.string, string -> list(string)', (text: string, by: string) =>
      findAll(text, by),
    ),
    overload('string_find_all_string_int', '.string, string, int -> list(string)', findAll),
  ],
};

export const MATCHES: CelFunction = {
  name: 'matches',
  overloads: [overload('matches', 'string, string -> bool'), overload('matches_string', '.string, string -> bool')],
  operator: (text, pattern) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return NO_SUCH_OVERLOAD;
    const regex = compilePattern(pattern);
    return regex instanceof CelError ? regex : matchesAnywhere(regex, text);
  },
};
