import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeClientMessage } from './socket.ts';
import { checkRecalled, checkUsage, type UsageMessage } from './usage.ts';

const USAGE: UsageMessage = {
  type: 'usage',
  id: 7,
  at: 1_700_000_000_000,
  window: 10_000,
  node: [1, 2],
  pods: [['u', [['app', 3, 4.5]]]],
};

test('a node’s usage is read as it was sent', () => {
  expect(decodeClientMessage(JSON.stringify(USAGE))).toEqual(USAGE);
});

test('CPU since the start may be more than an exact number', () => {
  const more = { ...USAGE, node: [1, 2, 1e17], pods: [['u', [['app', 3, 4.5, 1e17, 1_700_000_000_000]]]] };
  expect(decodeClientMessage(JSON.stringify(more))).toEqual(more);
});

test.each([
  { id: 'x' },
  { node: [1, 2, -1] },
  { node: [1, 2, 3, 1e300] },
  { node: [1, 2, 3, 4, 5] },
  { at: 1e300 },
  { window: -1 },
  { node: [1] },
  { node: [1, '2'] },
  { pods: {} },
  { pods: [['u']] },
  { pods: [['u', [['app', 1]]]] },
  { pods: [['u', [[1, 1, 1]]]] },
  { pods: [[1, []]] },
  { changed: 'k' },
  { changed: [1] },
  { changed: new Array(1001).fill('k') },
])('%j is none', (wrong) => {
  expect(decodeClientMessage(JSON.stringify({ ...USAGE, ...wrong }))).toBeUndefined();
});

test('no message makes the check throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (node, pods) => {
      checkUsage({ ...USAGE, node, pods });
    }),
    { numRuns: 50 },
  );
});

test('what an agent remembers is an hour of amounts at most', () => {
  const answer = { type: 'recalled-usage', id: 1, minutes: [[1, 2], null] };
  expect(checkRecalled(answer)).toEqual(answer);
  const minutes = [[[1]], [[1, -2]], [[1, 2, 3]], ['x'], Array.from({ length: 61 }, () => null), 'x', undefined];
  for (const wrong of minutes) expect(checkRecalled({ ...answer, minutes: wrong })).toBeUndefined();
});
