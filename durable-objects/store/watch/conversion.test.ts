import { expect, test } from 'vitest';
import { StoreError } from '../errors.ts';
import { PODS, TestHub, TestPeer } from '../testing/watch-hub.ts';
import type { WatchConversion } from './ports.ts';

/** Pods are converted by others, whose answers wait until they are let go. */
function setup(window?: number) {
  const waiting: (() => void)[] = [];
  let failure: string | undefined;
  const conversion: WatchConversion = {
    isRemote: ({ kind }) => kind === 'Pod',
    async convert(_, stored) {
      await new Promise<void>((resolve) => void waiting.push(resolve));
      if (failure !== undefined) throw new StoreError('unreadable', failure);
      return stored.map(({ text }) => text.replaceAll(/"name":"(\w+)"/g, '"name":"$1-v2"'));
    },
  };
  const t = new TestHub({ conversion, window });
  const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    t,
    conversion,
    waiting,
    fail(message: string) {
      failure = message;
    },
    /** Lets everything happen that can, with answers or without. */
    async settle(withAnswers = true) {
      for (let i = 0; i < 20; i++) {
        t.settle();
        if (withAnswers) for (const go of waiting.splice(0)) go();
        await tick();
      }
    },
  };
}

test('events come converted, in order, however many are written meanwhile', async () => {
  const { t, settle } = setup();
  await t.write('a');
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, { ...PODS, after: undefined, initialEvents: true, bookmarks: true });
  await settle(false);
  expect(peer.take()).toEqual([]);
  await t.write('b', 'a');
  await settle();
  await t.write('c');
  await t.write('-b');
  await settle();
  expect(peer.take()).toEqual([
    'ADDED a-v2 1',
    'BOOKMARK 1 end',
    'ADDED b-v2 2',
    'MODIFIED a-v2 3',
    'ADDED c-v2 4',
    'DELETED b-v2 5',
  ]);
});

test('selectors see the converted object, as it is and as it was', async () => {
  const { t, settle } = setup();
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, { ...PODS, labelSelector: 'app=web' });
  await t.write('a=web', 'b=db');
  await t.write('a=db', 'b=web');
  await settle();
  expect(peer.take()).toEqual(['ADDED a-v2 1', 'DELETED a-v2 3', 'ADDED b-v2 4']);
});

test('a conversion that fails ends its watches with an error; others go on', async () => {
  const { t, fail, settle } = setup();
  const [peer, other] = [new TestPeer('p'), new TestPeer('q')];
  t.hub.subscribe(peer, 1, PODS);
  t.hub.subscribe(other, 1, { ...PODS, prefix: 'nodes/', kind: 'Node' });
  fail('no way');
  await t.write('a', 'nodes//n');
  await settle();
  expect(peer.take()).toEqual(['ERROR no way', 'end']);
  expect(other.take()).toEqual(['ADDED nodes//n 2']);
  await t.write('b');
  await settle();
  expect(peer.take()).toEqual([]);
});

test('a watch that ends while others are asked is sent nothing more', async () => {
  const { t, settle } = setup();
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, PODS);
  await t.write('a');
  await settle(false);
  t.hub.unsubscribe('p', 1);
  await settle();
  expect(peer.take()).toEqual(['end']);
});

test('a watch that was being sent its initial state when the object went to sleep goes on when that wakes', async () => {
  const { t, conversion, waiting, settle } = setup();
  await t.write('a');
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, { ...PODS, after: undefined });
  // The questions of the earlier life are never answered.
  waiting.length = 0;
  t.wake([peer], { conversion });
  await settle();
  expect(peer.take()).toEqual(['ADDED a-v2 1']);
});

test('a watch whose socket is past its window during a write misses no event when the object sleeps', async () => {
  const { t, conversion, settle } = setup(1);
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, PODS);
  await t.write('a');
  await settle();
  expect(peer.take()).toEqual(['ADDED a-v2 1']);
  // Without an acknowledgement no conversion is asked for, and the object may sleep.
  await t.write('b');
  await settle();
  expect(peer.take()).toEqual([]);
  t.wake([peer], { conversion, window: 1 });
  t.hub.credit('p', 1000);
  await settle();
  expect(peer.take()).toEqual(['ADDED b-v2 2']);
});
