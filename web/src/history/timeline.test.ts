import { expect, test } from 'vitest';
import type { HistoryChange } from '../../../wire/history.ts';
import { density, lastUntil, step, Timeline, timeAt } from './timeline.ts';

const at = (revision: number) => ({ revision, time: `t${revision}` }) as HistoryChange;
const changes = [at(3), at(5), at(9)];
const range = { oldest: at(1), newest: at(12) };

test('the moment of a revision is that of the last change until it', () => {
  expect([2, 3, 8, 9, 11].map((revision) => lastUntil(changes, revision))).toEqual([-1, 0, 1, 2, 2]);
  expect([2, 5, 8, 12].map((revision) => timeAt(changes, range, revision))).toEqual(['t1', 't5', 't5', 't12']);
});

test('steps go from change to change, and end at both ends', () => {
  expect([step(changes, 5, 1), step(changes, 5, -1), step(changes, 6, -1)]).toEqual([9, 3, 5]);
  expect([step(changes, 9, 1), step(changes, 3, -1)]).toEqual([undefined, undefined]);
});

test('the density is told in parts of the range', () => {
  expect(density([at(1), at(2), at(10)], 1, 10, 5)).toEqual([1, 0, 0, 0, 0.5]);
  expect(density([], 4, 4, 2)).toEqual([0, 0]);
});

test('what is new is added, and what is older comes when it is asked for', async () => {
  const asked: unknown[] = [];
  let newest = 12;
  const answer = (path: string, query: { until?: number; after?: number } = {}) => {
    asked.push(query);
    if (!path.endsWith('/changes')) return { oldest: at(1), newest: at(newest) };
    if (query.after !== undefined) return { items: [at(13)] };
    const all = Array.from({ length: 1500 }, () => at(9));
    return query.until === 12 ? { items: all, continue: 4 } : { items: [at(3)] };
  };
  const get = async (path: string, options?: { query?: object }) => answer(path, options?.query);
  const timeline = new Timeline({ get } as never);
  await timeline.refresh();
  expect([timeline.changes.value.length, timeline.older.value]).toEqual([1500, 4]);
  newest = 13;
  await timeline.refresh();
  expect(timeline.changes.value.at(-1)).toEqual(at(13));
  await timeline.loadOlder();
  expect([timeline.changes.value[0], timeline.older.value]).toEqual([at(3), undefined]);
});
