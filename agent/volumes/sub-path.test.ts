import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountsWithin, mountTable } from '../files/mount-table.ts';
import { mayMount, TestFolders } from '../testing/volumes.ts';
import { publishSubPath } from './sub-path.ts';

let folders: TestFolders;
let volumePath: string;
let outside: string;
let target: string;
beforeEach(() => {
  folders = new TestFolders();
  volumePath = join(folders.state, 'volume');
  outside = join(folders.state, 'outside');
  target = folders.subPath('u', 'data', 'c', 0);
  for (const folder of [volumePath, outside]) mkdirSync(folder);
  writeFileSync(join(outside, 'shadow'), 'secret');
});
afterEach(() => folders[Symbol.asyncDispose]());

const publish = (path: string) => publishSubPath({ volumePath, path, target, mount: 'data', container: 'c' });

test('a link that a container has planted leads to no file of the node, and makes no folder there', async () => {
  symlinkSync(outside, join(volumePath, 'link'));
  symlinkSync('../outside/new', join(volumePath, 'dangling'));
  await expect(publish('link')).rejects.toThrow(/^failed to prepare subPath for volumeMount "data" of container "c"$/);
  await expect(publish('link/shadow')).rejects.toThrow('failed to prepare subPath');
  await expect(publish('link/new')).rejects.toThrow('failed to');
  await expect(publish('dangling')).rejects.toThrow('failed to');
  expect(existsSync(join(outside, 'new'))).toBe(false);
  expect(existsSync(target)).toBe(false);
});

test.runIf(mayMount)('a subPath is bound once, with its present content, and made when it is missing', async () => {
  await publish('new/part');
  expect(statSync(join(volumePath, 'new/part')).mode).toBe(statSync(volumePath).mode);
  writeFileSync(join(target, 'file'), 'text');
  await publish('new/part');
  expect(mountsWithin(await mountTable(), target)).toEqual([target]);
  expect(readFileSync(join(volumePath, 'new/part/file'), 'utf8')).toBe('text');
  // The same mount of the container shows a file after a restart, through a link within the volume.
  symlinkSync('new/part/file', join(volumePath, 'short'));
  await publish('short');
  expect(readFileSync(target, 'utf8')).toBe('text');
  expect(mountsWithin(await mountTable(), target)).toEqual([target]);
});
