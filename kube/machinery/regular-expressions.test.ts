import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import {
  compileExpression,
  instructionsOf,
  isCompiled,
  isExpression,
  isTooLarge,
  matchesAnywhere,
} from './regular-expressions.ts';

test.each([
  'a',
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  '^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\\?([^#]*))?(#(.*))?$',
  '(a|b){1000}',
  '((a{10}b){10}c){10}',
  '[]a)(]{500}',
  '[^]x{3}]{500}',
  '[[:alpha:])]{300}',
  '\\Q((\\E{3}(ab){400}',
  '((x\\Q(\\E){1000})',
  '(\\(a\\)\\{9\\}){200}',
  '\\x{10FFFF}{700}',
  'a{2,}b{0,900}c{,3}',
  '(?i)(?P<name>[a-z]{9}){100}',
  '(a?b*c+d??){250}',
])('the size of %s is guessed before it is compiled, and not much too small', (pattern) => {
  const size = RE2JS.compile(pattern).programSize();
  expect(instructionsOf(pattern)).toBeGreaterThan(size / 4);
  expect(instructionsOf(pattern)).toBeLessThan(size * 4 + 40);
});

test('an expression that would take the memory of all clusters is none, and others push their elders out', () => {
  const large = '[ab]{1000}'.repeat(101);
  expect(isTooLarge(large)).toBe(true);
  expect(compileExpression(large)).toBe('error parsing regexp: expression too large');
  expect(isTooLarge('[\\pL\\pN]{1000}')).toBe(false);
  expect(isTooLarge('[\\pL\\pN]{1000}[\\pL\\pN]{1000}')).toBe(true);
  for (let i = 0; i < 500; i++) compileExpression(`(${i}|x){500}`);
  const [first, last] = [isCompiled('(0|x){500}'), isCompiled('(499|x){500}')];
  expect([first, last]).toEqual([false, true]);
});

test('a text that is no regular expression gives the reason, and is parsed once', () => {
  expect(compileExpression('a{2')).toBeInstanceOf(RE2JS);
  expect(compileExpression('a(')).toContain('missing closing )');
  expect(isCompiled('a(')).toBe(true);
});

test('an expression whose automaton grows with hostile texts is compiled anew', () => {
  const growing = '(a|b)*a(a|b){14}c';
  let seed = 1;
  const next = (): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % 2;
  };
  const text = Array.from({ length: 3000 }, () => 'ab'[next()]).join('');
  const matches = (of: string): boolean => {
    const made = compileExpression(growing);
    if (typeof made === 'string') throw new Error(made);
    return matchesAnywhere(made, of);
  };
  expect([matches('a'.repeat(20)), isCompiled(growing)]).toEqual([false, true]);
  expect([matches(`${text}d`), matches(`${text}c`)]).toEqual([false, /[ab]*a[ab]{14}c/.test(`${text}c`)]);
  expect(isCompiled(growing)).toBe(false);
});

test('an expression of unclosed groups and braces is refused at once, and is not parsed where it is long', () => {
  // Each brace once looked for its end in all that follows.
  const open = ['\\p{', '[\\p{', '\\x{', '[[:a', '(', '\\Q', '{1', '[^'];
  for (const begin of open) {
    const size = instructionsOf(begin.repeat(300_000));
    expect(size).toBeGreaterThan(100);
    expect(compileExpression(begin.repeat(10_001))).toBe('error parsing regexp: expression too large');
  }
  expect(compileExpression('a'.repeat(10_000))).toBeInstanceOf(RE2JS);
});

test.each([
  [`(${'abc'.repeat(1500)}){20}`, true],
  [`(${'abc'.repeat(1500)}){20}(${'x'.repeat(100)}){3,}[{]{2,3}\\Q{5,1}\\E`, true],
  [`(${'abc'.repeat(1500)}){20}[`, false],
  [`(${'abc'.repeat(1500)}){2,1}`, false],
  [`((${'a'.repeat(100)}){40}){40}`, false],
  [`(${'a'.repeat(3000)}){20}{2}`, false],
  ['(', false],
  ['a{1001}', false],
  ['(a{30}){30}', true],
])('%.40s … is an expression: %s', (pattern, is) => {
  expect(isExpression(pattern)).toBe(is);
  expect(typeof compileExpression(pattern) !== 'string').toBe(is);
});

test('a pattern is one for the quick look exactly where it is one for the compiler', () => {
  const parts =
    'a b - ^ $ . ( ) (?: | * + ? ?? {2} {0,3} {3,1} {1,0} {1001} {2,} {,2} [a-z] [^0-9_-] [z-a] [a-] [-a] [] [^] [a-b-c] \\\\d \\\\. \\\\b \\\\q \\\\- [\\\\d] / < é';
  const part = fc.constantFrom(...parts.replaceAll('\\\\', '\\').split(' '));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (chosen) => {
      const pattern = chosen.join('');
      expect(isExpression(pattern)).toBe(typeof compileExpression(pattern) !== 'string');
    }),
    { numRuns: 2000 },
  );
});

test('a pattern without nested groups is told to be right without being compiled', () => {
  for (const pattern of ['^quick[a-z]([-a-z0-9]*[a-z0-9])?$', 'quick|b{1,9}', 'quick\\d+\\.\\d+']) {
    expect([isExpression(pattern), isCompiled(pattern)]).toEqual([true, false]);
  }
});
