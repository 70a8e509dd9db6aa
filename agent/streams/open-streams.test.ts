import { expect, test } from 'vitest';
import type { StreamsMessage } from '../../wire/socket.ts';
import { OpenStreams } from './open-streams.ts';

function streams() {
  const state = { now: 0, isThere: true };
  const timers = new Set<{ at: number; run: () => void }>();
  const sent: StreamsMessage[] = [];
  const after = (ms: number, run: () => void) => {
    const timer = { at: state.now + ms, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const send = (message: StreamsMessage) => {
    if (state.isThere) sent.push(message);
    return state.isThere;
  };
  const pass = (ms: number): void => {
    state.now += ms;
    for (const timer of [...timers].filter(({ at }) => at <= state.now)) {
      timers.delete(timer);
      timer.run();
    }
  };
  return { state, sent, pass, open: new OpenStreams({ clock: { after }, send }) };
}

test('ends are told of together, with what is open', () => {
  const { open, sent, pass } = streams();
  const ends = ['a', 'b', 'c'].map((session) => open.opened(session, 0));
  ends[0]?.();
  ends[1]?.();
  ends[1]?.();
  expect(sent).toEqual([]);
  pass(200);
  expect(sent).toEqual([{ type: 'streams', ended: ['a', 'b'], open: ['c'] }]);
  pass(1000);
  expect(sent).toHaveLength(1);
});

test('a request is told of once it lasts, and one that ends before never', () => {
  const { open, sent, pass } = streams();
  const short = open.opened('short', 60_000);
  const long = open.opened('long', 60_000);
  pass(59_000);
  short();
  pass(1000);
  pass(200);
  expect(sent).toEqual([{ type: 'streams', ended: [], open: ['long'] }]);
  long();
  pass(200);
  expect(sent[1]).toEqual({ type: 'streams', ended: ['long'], open: [] });
});

test('what the cluster missed it is told when it is there again; many come in several messages', () => {
  const { open, sent, pass, state } = streams();
  state.isThere = false;
  const ends = Array.from({ length: 2500 }, (_, index) => open.opened(`s-${index}`, 0));
  for (const end of ends.slice(0, 1200)) end();
  pass(200);
  expect(sent).toEqual([]);
  state.isThere = true;
  open.tell();
  expect(sent.map(({ ended, open: listed }) => [ended.length, listed])).toEqual([
    [1000, undefined],
    [200, undefined],
  ]);
  open.tell();
  expect(sent[2]).toEqual({ type: 'streams', ended: [] });
});
