import { expect, test } from 'vitest';
import type { Runtime, SandboxEntry } from '../runtimes/runtime.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Relist } from './relist.ts';

function rig() {
  const clock = new FakeClock();
  let down = false;
  let ready = true;
  let listings = 0;
  let tell = () => {};
  const sandbox = (): SandboxEntry => ({
    id: 's',
    metadata: { name: 'p', uid: 'u', namespace: 'd', attempt: 0 },
    ready,
    createdAt: 0,
    labels: { 'islet.dev/cluster': 'c', 'islet.dev/node': 'n' },
    annotations: {},
  });
  const runtime = {
    sandboxes: async () => {
      listings++;
      await new Promise((resolve) => setImmediate(resolve));
      if (down) throw new Error('the runtime is down');
      return [sandbox()];
    },
    containers: async () => [],
    watch: (changed: () => void) => {
      tell = changed;
      return () => {};
    },
  } as unknown as Runtime;
  const changes: string[] = [];
  const relist = new Relist({
    runtime,
    clock,
    owner: { cluster: 'c', node: 'n' },
    interval: 60_000,
    changed: (uids) => void changes.push(...uids),
    failed: () => {},
  });
  return {
    relist,
    clock,
    changes,
    fail: (is: boolean) => {
      down = is;
    },
    event: () => tell(),
    end: () => {
      ready = false;
    },
    count: () => listings,
  };
}

test('Many pods that ask at once share a listing, and after a change all get a new one', async () => {
  const { relist, count, end } = rig();
  await Promise.all(Array.from({ length: 20 }, () => relist.listing('u')));
  expect(count()).toBe(1);
  end();
  expect((await relist.listing('u')).sandboxes[0]?.ready).toBe(true);
  relist.refresh();
  expect((await relist.listing('u')).sandboxes[0]?.ready).toBe(false);
  expect(count()).toBe(2);
});

test('A change that shows only some time after its event is reported, once', async () => {
  const { relist, clock, changes, event, end } = rig();
  relist.start();
  await clock.advance(0);
  expect(changes).toEqual(['u']);
  event();
  await clock.advance(40);
  end();
  await clock.advance(100);
  expect(changes).toEqual(['u', 'u']);
  await clock.advance(1000);
  expect(changes).toEqual(['u', 'u']);
  relist.stop();
});

test('While the runtime cannot be asked a listing is an error, neither the old one nor an empty one', async () => {
  const { relist, fail } = rig();
  fail(true);
  for (const _ of [1, 2]) await expect(relist.listing('u')).rejects.toThrow('the runtime is down');
  fail(false);
  expect((await relist.listing('u')).sandboxes).toHaveLength(1);
  relist.refresh();
  fail(true);
  for (const _ of [1, 2]) await expect(relist.all()).rejects.toThrow('the runtime is down');
});

test('A pod that asks waits for a listing of now, however often others change something', async () => {
  const { relist, count } = rig();
  let isBusy = true;
  const busy = (async () => {
    while (isBusy) {
      relist.refresh();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await relist.listing('u');
  expect(count()).toBeLessThanOrEqual(2);
  isBusy = false;
  await busy;
});
