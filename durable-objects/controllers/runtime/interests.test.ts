import { expect, test } from 'vitest';
import type { Cursor } from '../../follow/cursor.ts';
import type { ControllerWorker } from './controller-worker.ts';
import { Interests } from './interests.ts';
import type { Change, LogPort } from './ports.ts';
import type { ViewCache } from './view/view-cache.ts';

const TEXT = '{"metadata":{"name":"a"}}';
const change = (key: string, more: Partial<Change> = {}): Change =>
  ({ key, revision: 9, created: 9, change: 'create', previous: 0, text: TEXT, ...more }) as Change;

/** A view that follows pods and namespaces, knows of some keys whether they are ending, and has scanned up to 5. */
const viewOf = (known: Record<string, boolean> = {}): ViewCache =>
  ({
    isFollowed: (resource: string) => resource === 'pods' || resource === 'namespaces',
    known: (key: string) => (key in known ? { deleting: known[key] } : undefined),
    isScanned: (revision: number) => revision <= 5,
  }) as unknown as ViewCache;

test('a change is of no controller only where the view keeps nothing of the object, and nothing waits for it', () => {
  const worker = { resources: ['secrets'], follows: () => true, mayConcern: () => true };
  const workers = [worker as unknown as ControllerWorker];
  const interests = new Interests({} as LogPort, { pending: undefined } as Cursor, workers);
  const isOfNone = (of: Change, known?: Record<string, boolean>) => interests.isOfNone(of, viewOf(known));
  const map = 'configmaps/x/a';
  expect(isOfNone(change(map))).toBe(true);
  expect(isOfNone(change(map), { 'namespaces//x': false })).toBe(true);
  expect(isOfNone(change(map), { 'namespaces//x': true })).toBe(false);
  expect(isOfNone(change(map), { [map]: false })).toBe(false);
  expect(isOfNone(change(map, { revision: 5 }))).toBe(false);
  expect(isOfNone(change(map, { change: 'delete' }))).toBe(false);
  for (const field of ['ownerReferences', 'deletionTimestamp']) {
    expect(isOfNone(change(map, { text: `{"metadata":{"${field}":""}}` }))).toBe(false);
  }
  expect([isOfNone(change('pods/x/a')), isOfNone(change('secrets/x/a'))]).toEqual([false, false]);
});
