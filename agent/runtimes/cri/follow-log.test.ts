import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogOptions } from '../../../wire/stream.ts';
import { readLog } from './follow-log.ts';

const T = '2026-01-01T00:00:00.000000001Z';

const OPTIONS: LogOptions = { follow: false, previous: false, timestamps: false };

let folder: string;

let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-logs-'));
  path = join(folder, '0.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(options: Partial<LogOptions>, running = async () => false): Promise<string> {
  let text = '';
  const write = async (data: Buffer) => {
    text += data.toString();
  };
  await readLog(path, { ...OPTIONS, ...options }, { now: Date.now, running, write, stopped: () => false });
  return text;
}

test('tailLines and limitBytes cut the log', async () => {
  writeFileSync(path, `${T} stdout F one\n${T} stdout F two\n${T} stdout F three\n`);
  expect(await read({ tailLines: 2 })).toBe('two\nthree\n');
  expect(await read({ limitBytes: 5 })).toBe('one\nt');
  expect(await read({ tailLines: 0 })).toBe('');
});

test('Following goes on over a rotation, and ends with its container', async () => {
  writeFileSync(path, `${T} stdout F before\n`);
  let alive = true;
  const following = read({ follow: true }, async () => alive);
  await new Promise((resolve) => setTimeout(resolve, 50));
  appendFileSync(path, `${T} stdout F last of the old\n`);
  renameSync(path, `${path}.1`);
  writeFileSync(path, `${T} stdout F first of the new\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  appendFileSync(path, `${T} stdout F end\n`);
  alive = false;
  expect(await following).toBe('before\nlast of the old\nfirst of the new\nend\n');
});

test('However often a container writes, the runtime is asked now and then whether it still runs', async () => {
  writeFileSync(path, '');
  let alive = true;
  let asked = 0;
  let now = 0;
  let text = '';
  const ports = {
    now: () => now,
    running: async () => {
      asked++;
      return alive;
    },
    write: async (data: Buffer) => {
      text += data.toString();
      if (text.length >= 100) alive = false;
      else appendFileSync(path, `${T} stdout F x\n`);
      // A turn of the loop takes a millisecond; the last one waits.
      now += alive ? 1 : 1000;
    },
    stopped: () => false,
  };
  appendFileSync(path, `${T} stdout F x\n`);
  await readLog(path, { ...OPTIONS, follow: true }, ports);
  expect(text).toBe('x\n'.repeat(50));
  expect(asked).toBe(2);
});

test('Following ends with its container also after the clock was set back', async () => {
  writeFileSync(path, `${T} stdout F x\n`);
  let now = 24 * 3600_000;
  const ports = {
    now: () => now,
    running: async () => now > 0,
    write: async () => {
      now = 0;
    },
    stopped: () => false,
  };
  await readLog(path, { ...OPTIONS, follow: true }, ports);
  expect(now).toBe(0);
});
