import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stateFiles } from './paths.ts';
import { keptService, readService } from './service-file.ts';
import { openFolder, prepareState } from './state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const prepare = () => prepareState(folder, ['localhost'], Date.now());

test('a second start finds the keys of the first', async () => {
  const first = await prepare();
  expect(await prepare()).toEqual(first);
});

test.each(['signingKey', 'sealingKey', 'caCertificate', 'caKey'] as const)(
  'a damaged %s is kept, and named with what its loss means',
  async (name) => {
    await prepare();
    const file = stateFiles(folder)[name];
    for (const text of ['garbage{', '']) {
      writeFileSync(file, text);
      await expect(prepare()).rejects.toThrow(/damaged\. Put back a copy, or remove it: then .* made/);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  },
);

test.each(['serverCertificate', 'serverKey'] as const)('a damaged %s is made anew', async (name) => {
  await prepare();
  const file = stateFiles(folder)[name];
  writeFileSync(file, 'garbage');
  await prepare();
  expect(readFileSync(file, 'utf8')).toContain('-----BEGIN');
});

test('an empty bootstrap secret is made anew', async () => {
  await prepare();
  writeFileSync(stateFiles(folder).bootstrapSecret, '');
  const { secret } = await prepare();
  expect(secret).not.toBe('');
  expect((await prepare()).secret).toBe(secret);
});

test('a damaged service file stops no start, and commands say how it is written anew', async () => {
  for (const text of ['garbage{', '']) {
    writeFileSync(stateFiles(folder).service, text);
    expect(keptService(folder)).toBeUndefined();
    await prepare();
    expect(() => readService(folder)).toThrow(/damaged: `islet up` writes it anew/);
  }
});

// Node's own recursive mkdir never comes back from the first.
test.each(process.platform === 'linux' ? ['/proc/islet/state', '/dev/null/state'] : ['/dev/null/state'])(
  'a folder that cannot be made is named: %s',
  (path) => {
    expect(() => openFolder(path)).toThrow(`cannot write to ${path}: choose another folder`);
  },
);
