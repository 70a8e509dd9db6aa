/** Sequences as fast-check makes them: kinds, and a tape of choices for each step. */
import fc from 'fast-check';

export interface Sequence {
  /** `configmaps`, `deployments.apps`, or with a version where one kind is served in several. */
  kinds: readonly string[];
  steps: readonly StepTape[];
}

/** `kind`: an index into the kinds of the sequence. */
export interface StepTape {
  kind: number;
  tape: readonly number[];
}

const MAX_STEPS = 12;
const MAX_CHOICES = 48;

export function sequences(kinds: readonly string[]): fc.Arbitrary<Sequence> {
  const tape = fc.array(fc.nat(9999), { minLength: MAX_CHOICES / 2, maxLength: MAX_CHOICES, size: 'max' });
  const step = fc.record({ kind: fc.constantFrom(0, 0, 0, 0, 1), tape });
  return fc.record({
    kinds: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 2, size: 'max' }),
    steps: fc.array(step, { minLength: 2, maxLength: MAX_STEPS, size: 'max' }),
  });
}

/** The sequence of this number of this seed. */
export function sequenceAt(from: fc.Arbitrary<Sequence>, seed: number, index: number): Sequence {
  const [found] = fc.sample(from, { seed: (Math.imul(seed, 1_000_003) + index) | 0, numRuns: 1 });
  return found as Sequence;
}
