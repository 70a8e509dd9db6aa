/** Short runs of what `npm run fuzz` tries for hours. */
import fc from 'fast-check';
import { test } from 'vitest';
import { QUICK } from './targets.ts';

/** Fixed, so that a failure comes from a change; `npm run fuzz` tries new inputs each time. */
const SEED = 20261127;

test.each(QUICK)(
  '$name: $about',
  async ({ input, quickRuns, open }) => {
    const trial = await open({});
    try {
      await fc.assert(
        fc.asyncProperty(input, async (value) => trial.attempt(value)),
        { numRuns: quickRuns, seed: SEED },
      );
    } finally {
      await trial.close?.();
    }
  },
  60_000,
);
