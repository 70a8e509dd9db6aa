import { expect, test } from 'vitest';
import { maybeNamed, named } from './by-name.ts';

test.each([3, 100])('of %i, those of a name are found, in their order, also of a list that has grown', (count) => {
  const list = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, attempt: 0 }));
  expect([named(list, 'c1')?.name, named(list, 'none'), named(undefined, 'c1')]).toEqual(['c1', undefined, undefined]);
  list.push({ name: 'c1', attempt: 1 }, { name: '__proto__', attempt: 0 });
  const found = maybeNamed(list, 'c1').filter(({ name }) => name === 'c1');
  expect(found.map(({ attempt }) => attempt)).toEqual([0, 1]);
  expect(named(list, '__proto__')).toBe(list.at(-1));
});
