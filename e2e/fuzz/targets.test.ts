/** Short runs of what `npm run fuzz` tries for hours. */
import fc from 'fast-check';
import { test } from 'vitest';
import { QUICK } from './targets.ts';

test.each(QUICK)(
  '$name: $about',
  async ({ input, quickRuns, open }) => {
    const trial = await open({});
    try {
      await fc.assert(
        fc.asyncProperty(input, async (value) => trial.attempt(value)),
        { numRuns: quickRuns },
      );
    } finally {
      await trial.close?.();
    }
  },
  60_000,
);
