import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerDetail } from '../../runtimes/runtime.ts';
import { TERMINATION_PATH, TERMINATION_POLICY } from '../labels.ts';
import { terminationMessage } from './termination-message.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-termination-'));
  path = join(folder, 'message');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ended = (message: string, policy = 'File', log = '') =>
  terminationMessage(
    {
      id: 'c',
      message,
      exitCode: 1,
      annotations: { [TERMINATION_PATH]: '/dev/termination-log', [TERMINATION_POLICY]: policy },
      mounts: [{ containerPath: '/dev/termination-log', hostPath: path, readonly: false }],
    } as unknown as ContainerDetail,
    { logs: (_id, _options, sink) => sink.write(Buffer.from(log)) },
  );

test('the last 4 KiB of the file follow the runtime’s message', async () => {
  writeFileSync(path, `${'x'.repeat(4096)}${'y'.repeat(4096)}`);
  expect(await ended('OOM')).toBe(`OOM: ${'y'.repeat(4096)}`);
  rmSync(path);
  expect(await ended('')).toBeUndefined();
  expect(await ended('', 'FallbackToLogsOnError', 'x'.repeat(3000))).toBe('x'.repeat(2048));
  expect(await ended('', 'File', 'said')).toBeUndefined();
});

test('a FIFO, a link or a device in its place is reported, not opened', async () => {
  execFileSync('mkfifo', [path]);
  expect(await ended('')).toMatch(/^Error on reading termination log .*: .* is not a regular file$/);
  rmSync(path);
  writeFileSync(join(folder, 'secret'), 'secret');
  symlinkSync(join(folder, 'secret'), path);
  expect(await ended('')).toMatch(/^Error on reading termination log .*ELOOP/);
  path = '/dev/zero';
  expect(await ended('')).toMatch(/is not a regular file$/);
});
