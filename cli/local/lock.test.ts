import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
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

/** One of the threads that ask for the lock at once, again and again, and hold it until all have asked. */
const THREAD = `
  const { rmSync } = require('node:fs');
  const { workerData: { shared, module, file, threads, rounds } } = require('node:worker_threads');
  const [ARRIVED, ROUND, HOLDERS, BOTH] = [0, 1, 2, 3];
  import(module).then(async ({ lockFolder }) => {
    for (let round = 0; round < rounds; round++) {
      if (Atomics.add(shared, ARRIVED, 1) === threads - 1) {
        for (const at of [ARRIVED, HOLDERS]) Atomics.store(shared, at, 0);
        rmSync(file, { force: true });
        Atomics.add(shared, ROUND, 1);
      } else while (Atomics.load(shared, ROUND) <= round);
      const held = await lockFolder(file, 'folder').then(() => true, () => false);
      if (held && Atomics.add(shared, HOLDERS, 1) > 0) Atomics.add(shared, BOTH, 1);
    }
  });`;

test('of starts at the same moment one has the folder: none meets half a lock', async () => {
  const [threads, rounds] = [3, 500];
  const shared = new Int32Array(new SharedArrayBuffer(16));
  const module = new URL('./lock.ts', import.meta.url).href;
  const workerData = { shared, module, file, threads, rounds };
  const execArgv = ['--no-warnings'];
  const started = Array.from({ length: threads }, () => new Worker(THREAD, { eval: true, workerData, execArgv }));
  await Promise.all(started.map((thread) => once(thread, 'exit')));
  expect([...shared.slice(1)]).toEqual([rounds, 1, 0]);
}, 60_000);
