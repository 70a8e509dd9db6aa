import { expect, test } from 'vitest';
import type { Pod } from '../types.ts';
import { firstLine, type LogChoice, logText, nextLineAt, runOf, saidBy, written } from './logs.ts';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => T0 + seconds * 1000;
const time = (seconds: number) => new Date(at(seconds)).toISOString();

function pod(
  annotations: Record<string, string>,
  status: object = { state: { running: { startedAt: time(0) } } },
): Pod {
  const keys = Object.entries(annotations).map(([name, text]) => [`islet.dev/simulated-${name}`, text]);
  return {
    metadata: { name: 'p', annotations: Object.fromEntries(keys) },
    spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'setup' }] },
    status: { containerStatuses: [{ name: 'c', containerID: 'x', ...status }] },
  } as unknown as Pod;
}

/** The log at some seconds. */
function shown(p: Pod, seconds: number, choice: LogChoice = {}, { previous = false, timestamps = false } = {}) {
  const [said, run] = [saidBy(p, 'c'), runOf(p, 'c', previous)];
  if (!said || !run) return undefined;
  const count = written(said, run, at(seconds));
  return logText(said, run, firstLine(said, run, count, choice, at(seconds)), count, timestamps);
}

test('all lines are written at the start, or one after the other, once or over and over', () => {
  expect(shown(pod({ logs: 'a\nb\n' }), 0)).toBe('a\nb\n');
  const slow = { logs: 'a\nb', 'log-interval': '2' };
  expect([0, 1, 2, 9].map((seconds) => shown(pod(slow), seconds))).toEqual(['a\n', 'a\n', 'a\nb\n', 'a\nb\n']);
  const forever = { logs: 'a\nb', 'log-repeat': 'true' };
  expect(shown(pod(forever), 4)).toBe('a\nb\na\nb\na\n');
  expect(shown(pod({ logs: '' }), 4)).toBe('');
  expect(shown(pod({}), 4)).toBeUndefined();
  expect(saidBy(pod({ logs: 'a' }), 'setup')?.lines).toEqual([]);
});

test('lines are chosen by their number from the end and by their time, and have theirs before them', () => {
  const slow = pod({ logs: 'a\nb\nc', 'log-interval': '10' });
  expect(shown(slow, 60, { tailLines: 2 })).toBe('b\nc\n');
  expect(shown(slow, 60, { tailLines: 0 })).toBe('');
  expect(shown(slow, 21, { sinceSeconds: 11 })).toBe('b\nc\n');
  expect(shown(slow, 60, { sinceTime: time(11) })).toBe('c\n');
  expect(shown(slow, 60, { sinceSeconds: 1 })).toBe('');
  expect(shown(pod({ logs: 'a' }), 60, { sinceSeconds: 1 })).toBe('');
  expect(shown(slow, 10, {}, { timestamps: true })).toBe(
    '2026-01-01T00:00:00.000000000Z a\n2026-01-01T00:00:10.000000000Z b\n',
  );
});

test('a run ends with its container, and the one before is kept', () => {
  const ended = (from: number, to: number) => ({
    terminated: { startedAt: time(from), finishedAt: time(to), containerID: `of ${from}`, exitCode: 0 },
  });
  const slow = { logs: 'a\nb\nc', 'log-interval': '1' };
  const restarted = pod(slow, { state: { running: { startedAt: time(10) } }, lastState: ended(0, 1) });
  expect([shown(restarted, 10), shown(restarted, 10, {}, { previous: true })]).toEqual(['a\n', 'a\nb\n']);
  const heldBack = pod(slow, { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(10, 10) });
  expect(shown(heldBack, 99)).toBe('a\n');
  expect(runOf(pod(slow), 'c', true)).toBeUndefined();
  expect(runOf(restarted, 'c', true)?.id).toBe('of 0');
});

test('the next line is due by its interval, and none comes after the last or the end', () => {
  const said = { lines: ['a', 'b'], interval: 1000, repeats: false };
  const run = { id: 'x', startedAt: T0, endedAt: undefined };
  expect([0, 1, 2].map((count) => nextLineAt(said, run, count))).toEqual([T0, at(1), undefined]);
  expect(nextLineAt({ ...said, repeats: true }, run, 5)).toBe(at(5));
  expect(nextLineAt(said, { ...run, endedAt: at(0.5) }, 1)).toBeUndefined();
});

test('of a log that goes on for ever the end is kept, as it would be after rotation', () => {
  const year = 365 * 24 * 3600;
  expect(shown(pod({ logs: 'a', 'log-repeat': 'true' }), year)?.length).toBe(20_000);
  const long = shown(pod({ logs: 'x'.repeat(100_000), 'log-repeat': 'true' }), year);
  expect(long?.length).toBeLessThan(2_200_000);
});

test('a container without the time of its start has no run: nothing tells when its lines are due', () => {
  const p = pod({ logs: 'a', 'log-repeat': 'true' }, { state: { running: { startedAt: null } } });
  expect(runOf(p, 'c', false)).toBeUndefined();
});
