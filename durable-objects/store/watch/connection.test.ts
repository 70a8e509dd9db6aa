import { expect, test } from 'vitest';
import { WINDOW } from '../../../wire/socket.ts';
import { CountingRenderer, PODS, TestHub, TestPeer } from '../testing/watch-hub.ts';
import type { Peer, Renderer } from './ports.ts';

test('a client that asks on and on, and reads no answer, has its socket closed', () => {
  const { hub } = new TestHub();
  const closed: number[] = [];
  const client = (id: string): Peer => ({ id, send: () => {}, close: (code) => void closed.push(code) });
  const [reads, ignores] = [client('reads'), client('ignores')];
  const status = { message: 'x'.repeat(WINDOW - 100) };
  for (let asked = 0; asked < 20; asked++) {
    hub.refuse(reads, 1, status);
    hub.credit('reads', WINDOW);
  }
  for (let asked = 0; asked < 8; asked++) hub.refuse(ignores, 1, status);
  expect(closed).toEqual([]);
  hub.refuse(ignores, 1, status);
  expect(closed).toEqual([1008]);
});

/** Prints a large object for each name that begins with z. */
class LargeRenderer extends CountingRenderer implements Renderer {
  override event(...[type, text, request, first]: Parameters<Renderer['event']>): string {
    const line = super.event(type, text, request, first);
    return line.startsWith(`${type} z`) ? line + 'x'.repeat(WINDOW / 2) : line;
  }
}

test.each(['state', 'log'])(
  'large objects of the %s after many small ones are sent a window at a time',
  async (what) => {
    const test = new TestHub({ renderer: new LargeRenderer() });
    const { hub } = test;
    const names = [...Array(200).keys()].map((index) => `${index < 170 ? 'a' : 'z'}${String(index).padStart(3, '0')}`);
    for (const name of names) await test.write(name);
    const seen: string[] = [];
    let unread = 0;
    let most = 0;
    const peer: Peer = {
      id: 'p',
      send: (frame) => {
        unread += frame.length;
        most = Math.max(most, unread);
        for (const line of frame.split('\n')) if (line.includes('ADDED')) seen.push(line.split(' ')[1] ?? '');
      },
      close: () => seen.push('closed'),
    };
    hub.subscribe(peer, 1, what === 'state' ? { ...PODS, initialEvents: true } : PODS);
    for (; unread > 0; test.settle()) {
      const read = unread;
      unread = 0;
      hub.credit('p', read);
    }
    expect(seen).toEqual(names);
    expect(most).toBeLessThan(3 * WINDOW);
  },
);

test('a piece of the log that is short because of its large entries is not taken for the end', async () => {
  const test = new TestHub();
  const { hub, store } = test;
  const names = [...Array(182).keys()].map((index) => `n${String(index).padStart(3, '0')}`);
  for (const [index, name] of names.entries()) {
    const print = (revision: number) =>
      JSON.stringify({ metadata: { name, resourceVersion: `${revision}` }, text: 'x'.repeat(index < 170 ? 0 : 1e6) });
    await store.commit({
      key: `pods/default/${name}`,
      expect: 'any',
      cause: { kind: 'system', at: 0, why: 'test' },
      apply: (_, { revision }) => ({ text: print(revision) }),
    });
  }
  const peer = new TestPeer('p');
  hub.subscribe(peer, 1, PODS);
  test.settle();
  expect(peer.take().map((line) => line.split(' ')[1])).toEqual(names);
});
