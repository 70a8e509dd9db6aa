import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ContainerEntry, ImageEntry } from '../../runtimes/runtime.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { ImageGarbage } from './image-garbage.ts';

const MINUTE = 60_000;
const SIZE = 6;

/** A disk of 100 bytes, on which each image takes six. */
function rig() {
  const folder = mkdtempSync(join(tmpdir(), 'islet-images-'));
  const clock = new FakeClock();
  const state = { images: [] as string[], running: [] as string[], other: 0, failures: [] as string[] };
  /** What happens while the runtime is looked at, and after it has removed an image. */
  const meanwhile = { looking: async () => {}, removed: async () => {} };
  const entry = (id: string): ImageEntry => {
    return { id, tags: [`${id}:1`], digests: [], size: SIZE, username: '', pinned: id === 'pinned' };
  };
  const agent = () =>
    new ImageGarbage({
      runtime: {
        images: async () => state.images.map(entry),
        containers: async () => {
          await meanwhile.looking();
          return state.running.map((imageRef) => ({ imageRef, image: '' }) as ContainerEntry);
        },
        removeImage: async (id) => {
          state.images = state.images.filter((image) => image !== id);
          await meanwhile.removed();
        },
      },
      clock,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      path: join(folder, 'images.json'),
      disk: async () => ({ capacity: 100, available: 100 - state.other - state.images.length * SIZE }),
      failed: (message) => void state.failures.push(message),
    });
  const pull = async (garbage: ImageGarbage, ...ids: string[]) => {
    for (const id of ids) {
      state.images.push(id);
      await garbage.pulled(id);
      await clock.advance(MINUTE);
    }
  };
  return { state, meanwhile, clock, agent, pull, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test('When the disk is nearly full the images that were used longest ago go, until there is room', async () => {
  using it = rig();
  const garbage = it.agent();
  await it.pull(garbage, 'a', 'b', 'c', 'd');
  it.state.running = ['a'];
  await it.clock.advance(3 * MINUTE);
  it.state.other = 60;
  await garbage.collect();
  expect(it.state.images).toEqual(['a', 'b', 'c', 'd']);
  it.state.other = 64;
  await garbage.collect();
  // From 88 to 80 at most: two of them.
  expect(it.state.images).toEqual(['a', 'd']);
  expect(it.state.failures).toEqual([]);
});

test('An image that was pulled or needed a moment ago stays, and what another program has pulled', async () => {
  using it = rig();
  const garbage = it.agent();
  it.state.images.push('of another');
  await it.pull(garbage, 'old', 'needed');
  await it.clock.advance(3 * MINUTE);
  await garbage.needed('needed');
  it.state.images.push('new');
  await garbage.pulled('new');
  it.state.other = 76;
  await garbage.collect();
  expect(it.state.images).toEqual(['of another', 'needed', 'new']);
  expect(it.state.failures).toEqual([
    "Insufficient free disk space on the node's image filesystem (100% of 100 B used). " +
      'Failed to free sufficient space by deleting unused images (freed 6 bytes). ' +
      'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.',
  ]);
});

test('An image that the runtime has pinned stays, although no container uses it', async () => {
  using it = rig();
  const garbage = it.agent();
  await it.pull(garbage, 'pinned', 'a');
  await it.clock.advance(3 * MINUTE);
  it.state.other = 80;
  await garbage.collect();
  expect(it.state.images).toEqual(['pinned']);
});

test('The next agent knows what the one before has pulled', async () => {
  using it = rig();
  await it.pull(it.agent(), 'a', 'b');
  await it.clock.advance(3 * MINUTE);
  it.state.other = 80;
  it.agent().start();
  await it.clock.advance(5 * MINUTE);
  await expect.poll(() => it.state.images).toEqual([]);
});

test('An image that is pulled or needed while others are removed stays, and is known later', async () => {
  using it = rig();
  const garbage = it.agent();
  await it.pull(garbage, 'a', 'b');
  await it.clock.advance(3 * MINUTE);
  it.state.other = 80;
  it.meanwhile.looking = async () => {
    it.state.images.push('new');
    await garbage.pulled('new');
  };
  it.meanwhile.removed = () => garbage.needed('b');
  await garbage.collect();
  expect(it.state.images).toEqual(['b', 'new']);
  it.meanwhile.looking = async () => {};
  it.meanwhile.removed = async () => {};
  await it.clock.advance(3 * MINUTE);
  await garbage.collect();
  expect(it.state.images).toEqual([]);
});

test('After the clock was set back images do not stay for the time of before', async () => {
  using it = rig();
  const garbage = it.agent();
  await it.pull(garbage, 'a');
  it.clock.setBack(24 * 60 * MINUTE);
  it.state.other = 90;
  await garbage.collect();
  expect(it.state.images).toEqual(['a']);
  await it.clock.advance(3 * MINUTE);
  await garbage.collect();
  expect(it.state.images).toEqual([]);
});
