import { expect, test } from 'vitest';
import type { Runtime, SandboxEntry } from '../runtimes/runtime.ts';
import { Relist } from './relist.ts';

function rig() {
  let ready = true;
  let listings = 0;
  let tell = () => {};
  const sandbox = (): SandboxEntry => ({
    id: 's',
    metadata: { name: 'p', uid: 'u', namespace: 'd', attempt: 0 },
    ready,
    createdAt: 0,
    labels: {},
    annotations: {},
  });
  const runtime = {
    sandboxes: async () => {
      listings++;
      await new Promise((resolve) => setTimeout(resolve, 2));
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
    interval: 60_000,
    changed: (uids) => void changes.push(...uids),
    failed: () => {},
  });
  return {
    relist,
    changes,
    event: () => tell(),
    end: () => {
      ready = false;
    },
    count: () => listings,
  };
}

test('Many who ask at once share a listing, and after a change everybody gets a new one', async () => {
  const { relist, count, end } = rig();
  await Promise.all(Array.from({ length: 20 }, () => relist.listing('u')));
  expect(count()).toBe(1);
  end();
  expect((await relist.listing('u')).sandboxes[0]?.ready).toBe(true);
  relist.refresh();
  expect((await relist.listing('u')).sandboxes[0]?.ready).toBe(false);
  expect(count()).toBe(2);
});

test('A change that shows only some time after its event is told even so, once', async () => {
  const { relist, changes, event, end } = rig();
  relist.start();
  await expect.poll(() => changes).toEqual(['u']);
  event();
  await new Promise((resolve) => setTimeout(resolve, 40));
  end();
  await expect.poll(() => changes, { timeout: 2000 }).toEqual(['u', 'u']);
  await new Promise((resolve) => setTimeout(resolve, 450));
  expect(changes).toEqual(['u', 'u']);
  relist.stop();
});
