import { expect, test } from 'vitest';
import type { Change } from '../controllers/runtime/ports.ts';
import { SetBackClock } from './set-back-clock.ts';

function machine(lastWrite: number) {
  const notes = new Map<string, string>();
  const state = { now: lastWrite, revision: 7, lastWrite, shifts: [] as number[] };
  const life = () =>
    new SetBackClock({
      now: () => state.now,
      log: {
        get revision() {
          return state.revision;
        },
        at: () => ({ cause: { kind: 'system', at: state.lastWrite, why: 'test' } }) as Change,
      },
      notes: { read: (name) => notes.get(name), write: (name, value) => void notes.set(name, value) },
      setBack: (by) => void state.shifts.push(by),
    });
  return { state, life };
}

test('a clock that is set back is noticed once, in this life or by what an earlier one has written', () => {
  const { state, life } = machine(1_000_000);
  const clock = life();
  clock.look();
  state.now += 500_000;
  clock.look();
  state.now -= 300_000;
  clock.look();
  clock.look();
  expect(state.shifts).toEqual([300_000]);
  // A later life knows what was noticed, until something is written.
  state.now = 600_000;
  const second = life();
  second.look();
  expect(state.shifts).toEqual([300_000, 600_000]);
  life().look();
  state.revision++;
  state.lastWrite = 600_500;
  life().look();
  expect(state.shifts).toEqual([300_000, 600_000]);
});

test('a clock that is adjusted, or set on, changes no wait', () => {
  const { state, life } = machine(1_000_000);
  const clock = life();
  for (const change of [-20_000, 5000, 90_000_000]) {
    state.now += change;
    clock.look();
  }
  expect(state.shifts).toEqual([]);
});
