import { expect, test } from 'vitest';
import { BOX } from './box-size.ts';
import { arrange, type Structure } from './layout.ts';

const chain = (...ids: string[]): Structure => ({
  ids,
  edges: ids.slice(1).map((to, at) => ({ from: ids[at] as string, to })),
});
const both = (...all: Structure[]): Structure => ({
  ids: all.flatMap(({ ids }) => ids),
  edges: all.flatMap(({ edges }) => edges),
});

function overlaps({ boxes }: ReturnType<typeof arrange>): string[] {
  const all = [...boxes];
  return all.flatMap(([a, [ax, ay]], at) =>
    all
      .slice(at + 1)
      .filter(([, [bx, by]]) => Math.abs(ax - bx) < BOX.width && Math.abs(ay - by) < BOX.height)
      .map(([b]) => `${a} ${b}`),
  );
}

test('what leads stands to the left of what it leads to, and no box on another', () => {
  const { boxes, width, height } = arrange(
    both(chain('a', 'b', 'c'), chain('x', 'b'), chain('p', 'q'), chain('z')),
    1.5,
  );
  const x = (id: string) => boxes.get(id)?.[0] ?? Number.NaN;
  expect(x('a')).toBeLessThan(x('b'));
  expect(x('x')).toBeLessThan(x('b'));
  expect(x('b')).toBeLessThan(x('c'));
  expect(x('p')).toBeLessThan(x('q'));
  for (const [left, top] of boxes.values()) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + BOX.width).toBeLessThanOrEqual(width);
    expect(top + BOX.height).toBeLessThanOrEqual(height);
  }
  expect(overlaps(arrange(both(...Array.from({ length: 40 }, (_, at) => chain(`${at}`, `${at}-b`))), 1.5))).toEqual([]);
});

test('what did not change stays where it was, whatever comes, grows or goes beside it', () => {
  const parts = Array.from({ length: 12 }, (_, at) => chain(`a${at}`, `b${at}`, `c${at}`));
  const before = arrange(both(...parts), 1.5);
  const grown = both(chain('a0', 'b0', 'c0', 'd0'), chain('b0', 'e0'));
  const after = arrange(both(chain('first'), grown, ...parts.slice(1, -1)), 1.5, before);
  for (const { ids } of parts.slice(1, -1))
    for (const id of ids) expect(after.boxes.get(id)).toEqual(before.boxes.get(id));
  expect(overlaps(after)).toEqual([]);
  // Where something went, something else finds room.
  expect(after.boxes.get('first')).toBeDefined();
});

test('edges to what is not there and cycles are borne', () => {
  const { boxes } = arrange({ ids: ['a', 'b'], edges: [...chain('a', 'b', 'a').edges, { from: 'a', to: 'gone' }] }, 1);
  expect([...boxes.keys()]).toEqual(['a', 'b']);
  expect(arrange({ ids: [], edges: [] }, 1)).toMatchObject({ height: 0 });
});
