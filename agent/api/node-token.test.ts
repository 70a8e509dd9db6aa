import { expect, test } from 'vitest';
import { ApiError } from './client.ts';
import { NodeToken } from './node-token.ts';

const DAY = 24 * 3600_000;

function tokenOf(issued: number, name: string): string {
  const claims = { iat: issued / 1000, exp: (issued + 100 * DAY) / 1000, sub: name };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

/** A node whose clock goes on when it is told to. */
function node() {
  const life = {
    now: 0,
    asked: 0,
    renewed: 0,
    full: false,
    answer: (): string => '',
    timers: [] as { at: number; run: () => void }[],
  };
  const said: string[] = [];
  const kept: string[] = [];
  const log = { info: (text: string) => void said.push(text), warn: (text: string) => void said.push(text) };
  const token = new NodeToken(tokenOf(0, 'first'), {
    api: {
      request: async <T>() => {
        life.asked++;
        return { token: life.answer() } as T;
      },
    },
    clock: {
      now: () => life.now,
      after: (milliseconds, run) => {
        const timer = { at: life.now + milliseconds, run };
        life.timers.push(timer);
        return () => life.timers.splice(life.timers.indexOf(timer), 1);
      },
    },
    random: () => 0.5,
    keep: (fresh) => {
      if (life.full) throw new Error('no space left on device');
      kept.push(fresh);
    },
    renewed: () => void life.renewed++,
    log,
  });
  const passes = async (milliseconds: number): Promise<void> => {
    const end = life.now + milliseconds;
    for (;;) {
      const next = life.timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      life.timers.shift();
      life.now = next.at;
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    life.now = end;
  };
  return { life, said, kept, token, passes };
}

test('a token is renewed when four fifths of its time are over, kept, and renewed again in its turn', async () => {
  const { life, kept, token, passes } = node();
  life.answer = () => tokenOf(life.now, `made on day ${life.now / DAY}`);
  token.start();
  await passes(79 * DAY);
  expect([life.asked, token.current]).toEqual([0, tokenOf(0, 'first')]);
  await passes(2 * DAY);
  expect(token.current).toBe(tokenOf(80 * DAY, 'made on day 80'));
  expect(kept).toEqual([token.current]);
  await passes(1000 * DAY);
  expect([life.asked, life.renewed]).toEqual([13, 13]);
});

test('a token that cannot be kept is not used: the cluster would take back the one that is', async () => {
  const { life, kept, token, passes } = node();
  life.answer = () => tokenOf(life.now, 'next');
  life.full = true;
  token.start();
  await passes(81 * DAY);
  expect([token.current, life.renewed]).toEqual([tokenOf(0, 'first'), 0]);
  life.full = false;
  await passes(DAY);
  expect([kept, life.renewed]).toEqual([[token.current], 1]);
});

test('a renewal that fell due while the agent was away is made at once', async () => {
  const { life, token } = node();
  life.now = 95 * DAY;
  life.answer = () => tokenOf(life.now, 'next');
  token.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(token.current).toBe(tokenOf(95 * DAY, 'next'));
});

test('a clock that is far ahead has a token renewed once an hour, and not without end', async () => {
  const { life, token, passes } = node();
  life.now = 1000 * DAY;
  life.answer = () => tokenOf(0, 'of a server that lives in another year');
  token.start();
  await new Promise((resolve) => setImmediate(resolve));
  await passes(3600_000);
  expect(life.asked).toBe(2);
});

test('a cluster that does not answer is asked again, slower and slower, and the old token stays', async () => {
  const { life, said, kept, token, passes } = node();
  life.answer = () => {
    throw new ApiError(0, 'the server does not answer');
  };
  token.start();
  await passes(80 * DAY);
  const once = life.asked;
  await passes(60_000);
  expect(life.asked - once).toBe(2);
  await passes(DAY);
  expect(life.asked).toBeLessThan(40);
  expect([kept, token.current]).toEqual([[], tokenOf(0, 'first')]);
  expect(said[0]).toBe(
    "the node's token, good until 1970-04-11T00:00:00.000Z, is not renewed yet: the server does not answer",
  );
  life.answer = () => tokenOf(life.now, 'at last');
  await passes(3600_000);
  expect(kept).toHaveLength(1);
});

test('an agent that has stopped asks no more', async () => {
  const { life, token, passes } = node();
  token.start();
  token.stop();
  await passes(100 * DAY);
  expect(life.asked).toBe(0);
});
