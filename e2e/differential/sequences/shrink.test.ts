import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Sequence, sequenceAt, sequences } from './sequence.ts';
import { candidates, shrunk } from './shrink.ts';

const kinds = ['configmaps', 'pods'];
const size = ({ steps }: Sequence): number => steps.reduce((sum, { tape }) => sum + 1 + tape.filter(Boolean).length, 0);

test('a sequence shrinks to the steps and choices that show its fault', async () => {
  const shows = async ({ steps }: Sequence) =>
    steps.some(({ tape }) => tape[1] === 7) && steps.some(({ tape }) => tape[0] === 3);
  const noise = { kind: 1, tape: [9, 9, 9] };
  const steps = [noise, { kind: 0, tape: [5, 7, 1] }, noise, noise, { kind: 0, tape: [3, 4] }, noise];
  const found = await shrunk({ kinds, steps }, { shows, maxTrials: 500 });
  expect(found).toEqual({
    kinds: ['configmaps'],
    steps: [
      { kind: 0, tape: [0, 7] },
      { kind: 0, tape: [3] },
    ],
  });
});

test('no more trials are made than allowed', async () => {
  let trials = 0;
  const shows = async () => {
    trials++;
    return true;
  };
  const sequence = sequenceAt(sequences(kinds), 1, 1);
  await shrunk(sequence, { shows, maxTrials: 5 });
  expect(trials).toBe(5);
});

test('a seed and a number name one sequence, and each candidate is smaller than what it is made of', () => {
  fc.assert(
    fc.property(fc.nat(1000), (index) => {
      const sequence = sequenceAt(sequences(kinds), 3, index);
      expect(sequenceAt(sequences(kinds), 3, index)).toEqual(sequence);
      for (const each of candidates(sequence)) {
        expect(each.steps.length).toBeGreaterThan(0);
        expect(size(each)).toBeLessThanOrEqual(size(sequence));
      }
    }),
    { numRuns: 20 },
  );
});
