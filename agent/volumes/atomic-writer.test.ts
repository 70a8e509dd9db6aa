import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Payload, writeAtomically } from './atomic-writer.ts';
import { safePath } from './sources.ts';

const payload = (files: Record<string, string>, mode = 0o644) =>
  new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]));

test('Files appear, change and go together, and unchanged files are left as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-volume-'));
  const write = (files: Payload) => writeAtomically(folder, files, undefined, new Date(0));
  try {
    await write(payload({ a: '1', 'deep/b': '2' }, 0o400));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('1');
    expect(readFileSync(join(folder, 'deep/b'), 'utf8')).toBe('2');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o400);
    const before = readdirSync(folder);
    await write(payload({ a: '1', 'deep/b': '2' }, 0o400));
    expect(readdirSync(folder)).toEqual(before);
    await write(payload({ a: '3', c: '4' }));
    expect(existsSync(join(folder, 'deep'))).toBe(false);
    expect([readFileSync(join(folder, 'a'), 'utf8'), readFileSync(join(folder, 'c'), 'utf8')]).toEqual(['3', '4']);
    expect(readdirSync(folder).filter((name) => /^\.\.\d/.test(name))).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('No path leaves the volume', () => {
  for (const path of ['/etc/passwd', '../x', 'a/../../x', '', 'a//b']) expect(() => safePath(path)).toThrow('invalid');
  expect(safePath('a/b')).toBe('a/b');
});

test('A file whose owner is not set yet can be read by root alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-volume-'));
  const file = { data: Buffer.from('secret'), mode: 0o644, user: 2 ** 40 };
  await expect(writeAtomically(folder, new Map([['token', file]]), undefined, new Date())).rejects.toThrow();
  const [half = ''] = readdirSync(folder);
  expect(statSync(join(folder, half, 'token')).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
