import { expect, test } from 'vitest';
import { keptUnlessRejected } from './kept-promise.ts';

test('a promise is made once, and anew after a rejection', async () => {
  const kept = new Map<string, Promise<number>>();
  let made = 0;
  const make = async (): Promise<number> => {
    made++;
    if (made === 1) throw new Error('not now');
    return made;
  };
  const both = [keptUnlessRejected(kept, 'a', make), keptUnlessRejected(kept, 'a', make)];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await keptUnlessRejected(kept, 'a', make)).toBe(2);
  expect(await keptUnlessRejected(kept, 'a', make)).toBe(2);
});
