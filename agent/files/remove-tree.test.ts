import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeShared, mountsWithin, mountTable, parseMountInfo, unmountWithin } from './mount-table.ts';
import { removeTree } from './remove-tree.ts';

const asRoot = process.getuid?.() === 0 && process.platform === 'linux';
let base: string;
let pod: string;
let share: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'islet-remove-'));
  pod = join(base, 'pod');
  share = join(base, 'share');
  mkdirSync(join(pod, 'volumes/data'), { recursive: true });
  mkdirSync(share);
  writeFileSync(join(share, 'precious'), 'kept');
});
afterEach(async () => {
  if (asRoot) await unmountWithin(base);
  rmSync(base, { recursive: true, force: true });
});

const bind = (from: string, to: string) => execFileSync('mount', ['--bind', from, to]);

test.runIf(asRoot)('a mount below a folder is unmounted and keeps its files', async () => {
  // Mounts of the same file system, one within another and one on a file, and one of another file system.
  bind(share, join(pod, 'volumes/data'));
  mkdirSync(join(share, 'inner dir'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(pod, 'volumes/data/inner dir')]);
  writeFileSync(join(pod, 'file'), '');
  bind(join(share, 'precious'), join(pod, 'file'));
  await removeTree(pod);
  expect(existsSync(pod)).toBe(false);
  expect(readFileSync(join(share, 'precious'), 'utf8')).toBe('kept');
  expect(mountsWithin(await mountTable(), base)).toEqual([]);
});

test.runIf(asRoot)('a mount in use stays, and nothing is removed', async () => {
  bind(share, join(pod, 'volumes/data'));
  const used = openSync(join(pod, 'volumes/data/precious'), 'r');
  try {
    await expect(removeTree(pod)).rejects.toThrow(/cannot unmount .*data: .*busy/);
    expect(readFileSync(join(pod, 'volumes/data/precious'), 'utf8')).toBe('kept');
  } finally {
    closeSync(used);
  }
});

test('links are removed and not followed; names that are not text and folders without rights go too', async () => {
  symlinkSync(share, join(pod, 'link'));
  symlinkSync(join(share, 'precious'), join(pod, 'volumes/link'));
  writeFileSync(Buffer.concat([Buffer.from(`${pod}/`), Buffer.from([0x61, 0xff])]), '');
  mkdirSync(join(pod, 'closed'));
  chmodSync(join(pod, 'closed'), 0o700);
  await removeTree(pod);
  expect(existsSync(pod)).toBe(false);
  expect(readFileSync(join(share, 'precious'), 'utf8')).toBe('kept');
  await removeTree(pod);
});

test('folders nested deeper than a path can be long are removed', async () => {
  const [chain, longer] = [join(pod, 'chain'), join(pod, 'longer')];
  mkdirSync(chain);
  for (let depth = 0; depth < 200; depth++) {
    mkdirSync(longer);
    renameSync(chain, join(longer, 'x'.repeat(100)));
    renameSync(longer, chain);
  }
  await removeTree(pod);
  expect(existsSync(pod)).toBe(false);
});

test('a link in place of the folder is not followed', async () => {
  symlinkSync(share, join(base, 'link'));
  await expect(removeTree(join(base, 'link'))).rejects.toThrow();
  expect(readFileSync(join(share, 'precious'), 'utf8')).toBe('kept');
});

test.runIf(asRoot)('a folder is made a shared mount once', async () => {
  await makeShared(share);
  await makeShared(share);
  const table = await mountTable();
  expect(mountsWithin(table, base)).toEqual([share]);
  expect(table.find(({ point }) => point === share)?.shared).toBe(true);
});

test('the mount table is read as the kernel writes it', () => {
  const table = parseMountInfo(
    '36 35 98:0 /m1 /pods/a\\040b rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n' +
      '37 36 0:30 / /pods/a\\040b/c rw - tmpfs tmpfs rw\n38 36 0:31 / /pods/a\\040bc rw shared:3 - tmpfs tmpfs rw\n' +
      '39 36 0:32 / /pods/a\\040b rw - tmpfs tmpfs rw\n',
  );
  expect(table[0]).toEqual({ point: '/pods/a b', device: '98:0', root: '/m1', shared: false });
  expect(table.map(({ shared }) => shared)).toEqual([false, false, true, false]);
  expect(mountsWithin(table, '/pods/a b')).toEqual(['/pods/a b/c', '/pods/a b', '/pods/a b']);
});
