import { expect, test, vi } from 'vitest';
import { PODS, TestHub, TestPeer } from '../testing/watch-hub.ts';

/** The number of parses of texts of at least this size meanwhile. */
async function parsed(size: number, work: () => void | Promise<void>): Promise<number> {
  const spy = vi.spyOn(JSON, 'parse');
  try {
    await work();
    return spy.mock.calls.filter(([text]) => text.length >= size).length;
  } finally {
    spy.mockRestore();
  }
}

const BIG = `big-${'x'.repeat(1_000_000)}`;
const SELECTORS = Array.from({ length: 300 }, (_, i) => ({ ...PODS, after: undefined, labelSelector: `app=${i}` }));

test('however many selectors begin to watch it, an object is read and parsed once', async () => {
  const t = new TestHub({ window: 1e9 });
  await t.write(`${BIG}=7`);
  const peer = new TestPeer('p');
  const list = vi.spyOn(t.store, 'list');
  const begin = () => {
    for (const [id, request] of SELECTORS.entries()) t.hub.subscribe(peer, id, request);
  };
  expect(await parsed(BIG.length, begin)).toBe(1 + 1);
  expect(list).toHaveBeenCalledTimes(1);
  expect(peer.frames.map((frame) => frame.slice(0, 11))).toEqual(['7:ADDED big']);

  // And once as it was, once as it is now, when it changes. The renderer of these tests parses what it prints.
  expect(await parsed(BIG.length, () => t.write(`${BIG}=8`))).toBe(2 + 3);
  expect(peer.frames.map((frame) => frame.slice(0, 9))).toEqual(['7:ADDED b', '7:DELETED', '8:ADDED b']);
});

test('a page is not reused a second later, or after a change', async () => {
  const t = new TestHub();
  await t.write('a');
  const peer = new TestPeer('p');
  const list = vi.spyOn(t.store, 'list');
  const begin = (id: number) => t.hub.subscribe(peer, id, { ...PODS, after: undefined });
  begin(1);
  t.now = 1000;
  begin(2);
  begin(3);
  expect(list).toHaveBeenCalledTimes(2);
  await t.write('b');
  begin(4);
  expect(list).toHaveBeenCalledTimes(3);
  expect(peer.take(4)).toEqual(['ADDED a 1', 'ADDED b 2']);
});

test('a text that shows that it does not match is not parsed', async () => {
  const matches = vi.fn(() => true);
  const match = () => ({ matches, mayMatch: (text: string) => text.includes('"web"') });
  const t = new TestHub({ match });
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, PODS);
  expect(await parsed(1, () => t.write('a=db'))).toBe(0);
  await t.write('a=web');
  expect(peer.take()).toEqual(['ADDED a 2']);
  await t.write('a=web');
  expect(peer.take()).toEqual(['MODIFIED a 3']);
  // The first write is read on its own; the renderer and the test parse, too.
  expect(matches).toHaveBeenCalledTimes(3);
});

test('many large objects do not stay in memory', async () => {
  const t = new TestHub({ window: 1e9 });
  await t.write(...Array.from({ length: 12 }, (_, i) => `${i}-${BIG}`));
  const peer = new TestPeer('p');
  const list = vi.spyOn(t.store, 'list');
  t.hub.subscribe(peer, 1, { ...PODS, after: undefined });
  t.settle();
  const pages = list.mock.calls.length;
  t.hub.subscribe(peer, 2, { ...PODS, after: undefined });
  t.settle();
  expect(list.mock.calls.length).toBeGreaterThanOrEqual(2 * pages - 2);
  expect(peer.frames.filter((frame) => frame.startsWith('2:'))).not.toEqual([]);
});
