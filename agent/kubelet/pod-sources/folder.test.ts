import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Clock, systemClock } from '../../clock.ts';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { FolderSource } from './folder.ts';

const manifest = (name: string, image = 'nginx') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: c, image: ${image}}]}\n`;

let folder: string;
let source: FolderSource | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-manifests-'));
});
afterEach(() => {
  source?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** Collects the calls of the sink, as `+a-n1 nginx`, and the log. */
function start(clock: Clock, path = folder) {
  const told: string[] = [];
  const logged: string[] = [];
  const add = (text: string) => void logged.push(text);
  source = new FolderSource({ path, nodeName: 'n1', clock, log: { info: add, warn: add, error: add } });
  source.start({
    changed: ({ metadata, spec }) => void told.push(`+${metadata.name} ${spec?.containers[0]?.image}`),
    deleted: ({ metadata }) => void told.push(`-${metadata.name}`),
    ready: () => void told.push('ready'),
    failed: () => void told.push('failed'),
  });
  return { told, logged };
}

test('The manifests of a folder are told, in their order, then the source is ready; changes are found', async () => {
  put('b.yaml', manifest('b'));
  put(
    'a.json',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    }),
  );
  put('.hidden.yaml', manifest('hidden'));
  const clock = new FakeClock();
  const { told, logged } = start(clock);
  await settle();
  expect(told.splice(0)).toEqual(['+a-n1 x', '+b-n1 nginx', 'ready']);
  await clock.advance(40_000);
  expect(told).toEqual([]);
  put('b.yaml', manifest('b', 'nginx:2'));
  rmSync(join(folder, 'a.json'));
  await clock.advance(20_000);
  expect(told).toEqual(['-a-n1', '-b-n1', '+b-n1 nginx:2']);
  expect(logged).toEqual([]);
});

test('A bad manifest takes no other along; what was good before is kept while it is being written', async () => {
  put('good.yaml', manifest('good'));
  put('bad.yaml', 'kind: [');
  await mkdir(join(folder, 'sub'));
  const clock = new FakeClock();
  const { told, logged } = start(clock);
  await settle();
  expect(told.splice(0)).toEqual(['+good-n1 nginx', 'ready']);
  await clock.advance(60_000);
  expect(logged.splice(0)).toEqual([
    expect.stringContaining(
      `Could not process manifest file ${folder}/bad.yaml: ${folder}/bad.yaml: couldn't parse as pod(`,
    ),
    `Could not process manifest file ${folder}/sub: it is a directory, not recursing into manifest path`,
  ]);
  put('bad.yaml', manifest('bad'));
  await clock.advance(20_000);
  expect(told.splice(0)).toEqual(['+bad-n1 nginx']);
  put('bad.yaml', '{');
  await clock.advance(20_000);
  expect(told).toEqual(['-bad-n1']);
  expect(logged).toHaveLength(1);
});

test('A folder that is not there is an empty one, and is found when it comes', async () => {
  const clock = new FakeClock();
  const path = join(folder, 'later');
  const { told, logged } = start(clock, path);
  await settle();
  expect([told, logged]).toEqual([['ready'], [`Unable to read config path ${path}: path does not exist, ignoring`]]);
  await mkdir(path);
  writeFileSync(join(path, 'a.yaml'), manifest('a'));
  await clock.advance(20_000);
  expect(told).toEqual(['ready', '+a-n1 nginx']);
  rmSync(path, { recursive: true });
  await clock.advance(20_000);
  expect(told).toEqual(['ready', '+a-n1 nginx', '-a-n1']);
});

test('A path that cannot be read is a source that failed, until it can be', async () => {
  const clock = new FakeClock();
  const path = join(folder, 'pods');
  symlinkSync('/dev/null', path);
  const { told, logged } = start(clock, path);
  await clock.advance(40_000);
  expect([told[0], logged]).toEqual([
    'failed',
    [`Unable to read config path ${path}: path is not a directory or file`],
  ]);
  rmSync(path);
  await clock.advance(20_000);
  expect(told.at(-1)).toBe('ready');
});

test('A folder that took the place of the first is watched like it', async () => {
  const clock = new FakeClock();
  const path = join(folder, 'pods');
  await mkdir(path);
  const { told } = start(clock, path);
  await settle();
  renameSync(path, join(folder, 'away'));
  await mkdir(path);
  await clock.advance(20_000);
  writeFileSync(join(path, 'a.yaml'), manifest('a'));
  for (let tries = 0; tries < 50 && told.length < 2; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(200);
  }
  expect(told).toEqual(['ready', '+a-n1 nginx']);
});

test('Changes are heard of at once; one file may be named instead of a folder', async () => {
  put('a.yaml', manifest('a'));
  const { told } = start(systemClock);
  await vi.waitFor(() => expect(told).toEqual(['+a-n1 nginx', 'ready']));
  put('a.yaml', '{');
  put('b.yaml', manifest('b'));
  await vi.waitFor(() => expect(told).toEqual(['+a-n1 nginx', 'ready', '+b-n1 nginx']));
  put('.a.new', manifest('a', 'nginx:2'));
  renameSync(join(folder, '.a.new'), join(folder, 'a.yaml'));
  await vi.waitFor(() => expect(told.slice(3)).toEqual(['-a-n1', '+a-n1 nginx:2']));
  source?.stop();
  const one = start(systemClock, join(folder, 'b.yaml'));
  await vi.waitFor(() => expect(one.told).toEqual(['+b-n1 nginx', 'ready']));
});
