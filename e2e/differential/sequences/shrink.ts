/** Makes a sequence smaller as long as it still shows the same, with so many trials at most. */
import type { Sequence } from './sequence.ts';

export interface ShrinkOptions {
  /** Whether this smaller sequence still shows it. */
  shows(sequence: Sequence): Promise<boolean>;
  maxTrials: number;
}

export async function shrunk(sequence: Sequence, { shows, maxTrials }: ShrinkOptions): Promise<Sequence> {
  let best = sequence;
  let trials = 0;
  for (let progress = true; progress && trials < maxTrials; ) {
    progress = false;
    for (const candidate of candidates(best)) {
      if (trials++ >= maxTrials) return best;
      if (!(await shows(candidate))) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}

/** From the boldest to the smallest change. */
export function* candidates({ kinds, steps }: Sequence): Generator<Sequence> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at + size <= steps.length; at += size) {
      if (size < steps.length) yield { kinds, steps: [...steps.slice(0, at), ...steps.slice(at + size)] };
    }
  }
  if (kinds.length > 1) {
    yield { kinds: kinds.slice(0, 1), steps: steps.map(({ tape }) => ({ kind: 0, tape })) };
    yield { kinds: kinds.slice(1, 2), steps: steps.map(({ tape }) => ({ kind: 0, tape })) };
  }
  for (const [index, step] of steps.entries()) {
    for (const tape of shorter(step.tape)) yield { kinds, steps: steps.with(index, { ...step, tape }) };
  }
}

/** Where a tape ends, every choice is the simplest one, as with a 0. */
function* shorter(tape: readonly number[]): Generator<readonly number[]> {
  for (let length = Math.floor(tape.length / 2); length < tape.length; ) {
    yield tape.slice(0, length);
    length += Math.max(1, Math.floor((tape.length - length) / 2));
  }
  for (const [index, number] of tape.entries()) if (number !== 0) yield tape.with(index, 0);
}
