import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock.ts';

let folder: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process, as a lock names it. */
async function living(): Promise<{ pid: number; started: string }> {
  const child = spawn('sleep', ['60']);
  children.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  const pid = child.pid as number;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return { pid, started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string };
}

const GONE = { pid: 999_999_999, started: '1' };
const linux = process.platform === 'linux';

test('a lock that was left behind is taken over, also half a one', async () => {
  for (const left of [JSON.stringify(GONE), '{"pid":']) {
    writeFileSync(file, left);
    const lock = await lockFolder(file, folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  }
});

test.runIf(linux)(
  'of two starts that find the same old lock, the second does not take away what the first wrote',
  async () => {
    // The server that was left behind has to be ended first, which takes its time.
    writeFileSync(file, JSON.stringify({ ...GONE, server: await living() }));
    const other = JSON.stringify(await living());
    const second = lockFolder(file, folder);
    writeFileSync(file, other);
    await expect(second).rejects.toThrow('is running on');
    expect(readFileSync(file, 'utf8')).toBe(other);
  },
);
