import { expect, test, vi } from 'vitest';
import { testWorld } from '../shell/testing.ts';
import { Console } from './console.ts';

function open(files: Record<string, string> = {}) {
  const { world } = testWorld(files);
  const kept: string[] = [];
  let shown = '';
  const screen = {
    write: (text: string) => {
      shown += text;
    },
    size: () => ({ width: 80, height: 24 }),
    onResize: () => () => {},
  };
  const opened = new Console(world, screen, {}, { lines: () => kept, add: (line) => void kept.push(line) });
  opened.start('');
  return { opened, kept, world, shown: () => shown };
}

test('a line runs, and the prompt comes back', async () => {
  const { opened, kept, shown } = open();
  opened.input('echo hello\r');
  await vi.waitFor(() => expect(shown()).toContain('hello\r\n\r'));
  expect(kept).toEqual(['echo hello']);
});

test('lines that are pasted at once run one after the other', async () => {
  const { opened, kept } = open();
  opened.input('echo a\recho b\recho c\r');
  await vi.waitFor(() => expect(kept).toEqual(['echo a', 'echo b', 'echo c']));
});

test('lines that are pasted stand there until Enter runs them; Ctrl-C drops them', async () => {
  const { opened, kept, world, shown } = open();
  opened.input('\x1b[200~echo a > one\recho b > two\r\x1b[201~');
  expect(shown()).toContain('echo b > two');
  opened.input('\x03');
  opened.input('\x1b[200~cat > file <<EOF\r\ta\rEOF\recho c > three\x1b[201~');
  opened.input('\r');
  await vi.waitFor(async () => expect(await world.files.read('three')).toBe('c\n'));
  expect([await world.files.read('file'), await world.files.read('one')]).toEqual(['\ta\n', undefined]);
  expect(kept).toEqual(['cat > file <<EOF']);
});

test('lines that are placed take the place of those that stood there, and end a watch', async () => {
  const { opened, kept, world } = open();
  opened.place('echo a > one\necho b > two');
  opened.place('echo c > three\necho d > four');
  opened.input('\r');
  await vi.waitFor(async () => expect(await world.files.read('four')).toBe('d\n'));
  expect([await world.files.read('one'), await world.files.read('three')]).toEqual([undefined, 'c\n']);
  opened.input('watch echo e\r');
  opened.place('echo f > five');
  await vi.waitFor(async () => {
    opened.input('\r');
    expect(await world.files.read('five')).toBe('f\n');
  });
  expect(kept.at(0)).toBe('echo c > three');
});

test('a line of an address is shown whole: it has no escapes, and no line breaks', () => {
  const { opened, shown } = open();
  opened.start('', 'k get pods\x1b[8m; k delete ns shop\nk delete ns a\u202e');
  expect(shown()).toContain('k get pods [8m; k delete ns shop k delete ns a ');
});

test('a here-document is asked for up to its end', async () => {
  const { opened, world } = open();
  opened.input('cat > file <<EOF\ra\rb\rEOF\r');
  await vi.waitFor(async () => expect(await world.files.read('file')).toBe('a\nb\n'));
});

test('Tab completes what is the only choice, and shows several', async () => {
  const { opened, shown } = open({ 'web.yaml': '', 'web-2.yaml': '' });
  opened.input('cat w\t');
  await vi.waitFor(() => expect(shown()).toContain('cat web'));
  opened.input('.\t');
  await vi.waitFor(() => expect(shown()).toContain('cat web.yaml '));
});

test('a name that is completed is one word, whatever commands it has in it', async () => {
  const { opened, kept, shown, world } = open({ "x; echo a > b\nrm 'y'": 'text' });
  opened.input('cat x\t');
  await vi.waitFor(() => expect(shown()).toContain("cat 'x; echo a"));
  opened.input('\r');
  await vi.waitFor(() => expect(kept).toHaveLength(1));
  expect(await world.files.read('b')).toBeUndefined();
});

test('Ctrl-C ends what runs', async () => {
  const { opened, world, shown } = open();
  world.clock.sleep = (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
  opened.input('sleep 100\r');
  await vi.waitFor(() => expect(shown()).toContain('sleep 100'));
  opened.input('\x03');
  await vi.waitFor(() => expect(shown()).toMatch(/\^C\r\n\r/));
});

test('commands and flags are completed', async () => {
  const { opened, shown } = open();
  opened.input('k rol\t');
  await vi.waitFor(() => expect(shown()).toContain('k rollout '));
  opened.input('sta\t');
  await vi.waitFor(() => expect(shown()).toContain('k rollout status '));
  opened.input('--tim\t');
  await vi.waitFor(() => expect(shown()).toContain('k rollout status --timeout='));
});
