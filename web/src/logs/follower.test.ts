import { expect, test } from 'vitest';
import { ApiError } from '../api/request.ts';
import { type ContainerNow, type FollowerState, follow, type LogParams } from './follower.ts';

const at = (second: number, text: string) => `2026-11-28T10:00:0${second}.000000000Z ${text}\n`;

type Answer = { text: string; cut?: true } | { error: ApiError };

/** A server with these answers, one after the other; each may change the container first. */
function play(
  answers: (Answer & { after?: ContainerNow | null })[],
  start: ContainerNow | undefined,
  ports: { pollEvery?(): number } = {},
) {
  const stop = new AbortController();
  const asked: LogParams[] = [];
  const lines: string[] = [];
  const states: FollowerState[] = [];
  let now = start;
  const done = follow(
    { previous: false, tailLines: 100 },
    {
      open: async (params) => {
        const next = answers.shift();
        if (!next) {
          stop.abort();
          throw new Error('stopped');
        }
        asked.push(params);
        if ('after' in next) now = next.after ?? undefined;
        if ('error' in next) throw next.error;
        return new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode(next.text));
          },
          pull: (controller) => {
            if (next.cut) controller.error(new TypeError('network error'));
            else controller.close();
          },
        });
      },
      now: () => now,
      changed: async () => {
        if (answers.length === 0) stop.abort();
      },
      sleep: async () => {},
      ...ports,
      lines: (some) => lines.push(...some.map(({ text }) => text)),
      state: (state) => states.push(state),
    },
    stop.signal,
  );
  return { done, asked, lines, states };
}

const running = (run: string): ContainerNow => ({ run, ended: false, version: run });

test('after a cut it goes on from the last second, with each line once', async () => {
  const { done, asked, lines } = play(
    [
      { text: `${at(1, 'a')}${at(2, 'b')}${at(2, 'c')}${at(3, 'half')}`.slice(0, -3), cut: true },
      { text: `${at(2, 'b')}${at(2, 'c')}${at(3, 'half')}${at(3, 'd')}`, cut: true },
    ],
    running('1'),
  );
  await done;
  expect(lines).toEqual(['a', 'b', 'c', 'half', 'd']);
  expect(asked).toEqual([
    { timestamps: true, follow: true, tailLines: 100, sinceSeconds: undefined, sinceTime: undefined },
    { timestamps: true, follow: true, sinceTime: '2026-11-28T10:00:02Z' },
  ]);
});

test('a container that started anew has a log of its own, after all of the one before', async () => {
  const { done, asked, lines } = play(
    [
      { text: at(1, 'a'), cut: true },
      { text: at(1, 'a') + at(1, 'b'), cut: true, after: running('2') },
      { text: at(1, 'a') + at(1, 'b') + at(2, 'its end') },
      { text: at(1, 'a') },
    ],
    running('1'),
  );
  await done;
  expect(lines).toEqual(['a', 'b', 'its end', 'a']);
  expect(asked[2]).toMatchObject({ previous: true, sinceTime: '2026-11-28T10:00:01Z' });
  expect(asked[3]?.sinceTime).toBeUndefined();
});

test('the end of a container is read to its last line', async () => {
  const over = { run: '1', ended: true, version: 'over' };
  const { done, asked, lines, states } = play(
    [{ text: at(1, 'a'), after: over }, { text: `${at(1, 'a')}${at(2, 'last').trimEnd()}` }],
    running('1'),
  );
  await done;
  expect(lines).toEqual(['a', 'last']);
  expect(asked[1]?.follow).toBeUndefined();
  expect(states.at(-1)).toEqual({ state: 'ended' });
});

test('what is refused is said and tried again when the container changes; a pod that is gone ends it', async () => {
  const waiting = new ApiError({ code: 400, message: 'container "a" is waiting to start' });
  const { done, lines, states } = play(
    [
      { error: waiting },
      { error: new ApiError({ code: 503, message: 'away' }) },
      { text: at(1, 'a') },
      { error: new ApiError({ code: 404, message: 'pods "a" not found' }), after: null },
    ],
    running(''),
  );
  await done;
  expect(lines).toEqual(['a']);
  expect(states).toEqual([
    { state: 'connecting' },
    { state: 'refused', message: 'container "a" is waiting to start' },
    { state: 'reconnecting' },
    { state: 'following' },
    { state: 'gone' },
  ]);
});

test('without a connection to spare it asks again and again, with each line once', async () => {
  const { done, asked, lines, states } = play(
    [{ text: at(1, 'a') }, { text: `${at(1, 'a')}${at(2, 'b')}` }, { text: at(2, 'b') }],
    running('1'),
    { pollEvery: () => 1_000 },
  );
  await done;
  expect(lines).toEqual(['a', 'b']);
  expect(asked.map(({ follow: stays, sinceTime }) => [stays, sinceTime])).toEqual([
    [undefined, undefined],
    [undefined, '2026-11-28T10:00:01Z'],
    [undefined, '2026-11-28T10:00:02Z'],
  ]);
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['connecting', 'following']));
});
