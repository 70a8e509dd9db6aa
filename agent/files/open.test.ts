import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBeneath, openRegular, pathOf } from './open.ts';

let base: string;
let volume: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'islet-open-'));
  volume = join(base, 'volume');
  mkdirSync(join(volume, 'a/b'), { recursive: true });
  writeFileSync(join(volume, 'a/b/file'), 'inside');
  writeFileSync(join(base, 'secret'), 'outside');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function text(path: string): Promise<string> {
  await using file = await openBeneath(volume, path);
  return readFileSync(pathOf(file), 'utf8');
}

test('links that stay within a volume are followed, and those that lead out of it are not', async () => {
  symlinkSync('a/b', join(volume, 'short'));
  symlinkSync('../../a/b/file', join(volume, 'a/b/round'));
  symlinkSync(join(volume, 'a'), join(volume, 'whole'));
  symlinkSync('..', join(volume, 'up'));
  symlinkSync('/', join(volume, 'root'));
  symlinkSync(join(base, 'secret'), join(volume, 'theft'));
  symlinkSync('loop', join(volume, 'loop'));
  for (const path of ['a/b/file', 'short/file', 'a/b/round', 'whole/b/file']) expect(await text(path)).toBe('inside');
  for (const path of ['up/secret', '../secret', `root${base}/secret`, 'theft', 'short/../../../secret']) {
    await expect(text(path)).rejects.toThrow('leads out of');
  }
  await expect(text('loop')).rejects.toThrow('too many links');
});

test('missing folders are made within the volume with the mode that is asked for, and nowhere else', async () => {
  await (await openBeneath(volume, 'x/y', 0o2777)).close();
  expect(statSync(join(volume, 'x/y')).mode & 0o7777).toBe(0o2777);
  symlinkSync('..', join(volume, 'up'));
  symlinkSync('../new', join(volume, 'dangling'));
  await expect(openBeneath(volume, 'up/new', 0o777)).rejects.toThrow();
  await expect(openBeneath(volume, 'dangling', 0o777)).rejects.toThrow();
  await expect(openBeneath(volume, 'a/b/file/c', 0o777)).rejects.toThrow();
  expect(existsSync(join(base, 'new'))).toBe(false);
});

test('a FIFO, a device and a link are no files to read, and none of them blocks', async () => {
  execFileSync('mkfifo', [join(volume, 'fifo')]);
  symlinkSync('a/b/file', join(volume, 'link'));
  for (const path of [join(volume, 'fifo'), join(volume, 'link'), '/dev/zero', volume]) {
    await expect(openRegular(path)).rejects.toThrow();
  }
  await (await openBeneath(volume, 'fifo')).close();
  const file = await openRegular(join(volume, 'a/b/file'));
  expect(await file.readFile('utf8')).toBe('inside');
  await file.close();
});
