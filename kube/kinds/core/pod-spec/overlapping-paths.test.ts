import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlaps } from './overlapping-paths.ts';

/** As upstream looks for them, each path with all before it. */
function compared(paths: readonly string[]): string[] {
  const plain = paths.map((path) => path.replace(/\/+$/, ''));
  const pairs = plain.flatMap((path, order) =>
    plain
      .slice(0, order)
      .filter((other) => path !== '' && other !== '')
      .filter((other) => `${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`))
      .map((other) => `${JSON.stringify(path)} with ${JSON.stringify(other)}`),
  );
  return pairs.slice(0, 50);
}

test('paths overlap that are the same, or of which one lies in the other', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'a-b', '', '!'), { maxLength: 4 }).map((steps) => steps.join('/'));
  fc.assert(
    fc.property(fc.array(path, { maxLength: 20 }), (paths) => {
      expect(overlaps(paths.map((path) => ({ path, source: '' })))).toEqual(compared(paths));
    }),
  );
});

test('many paths, and a path of many slashes, are looked through once', () => {
  const of = (paths: string[]) => overlaps(paths.map((path) => ({ path, source: '' })));
  expect(of(Array.from({ length: 60_000 }, (_, i) => `file${i}`))).toEqual([]);
  expect(of([`a${'/'.repeat(1_000_000)}b`, 'b'])).toEqual([]);
  expect(of(Array.from({ length: 60_000 }, () => 'a'))).toHaveLength(50);
});
