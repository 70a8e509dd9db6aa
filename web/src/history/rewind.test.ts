import { expect, test } from 'vitest';
import { rewind, rewindLine } from './rewind.ts';

test('a rewind goes on until all of it is done', async () => {
  const asked: object[] = [];
  const post = async (_path: string, body: { continue?: string }) => {
    asked.push(body);
    const isLast = body.continue === 'x';
    return { items: [{ name: isLast ? 'b' : 'a' }], remaining: isLast ? 0 : 1, continue: isLast ? undefined : 'x' };
  };
  const told: number[] = [];
  const all = await rewind({ post } as never, { revision: 7, namespace: 'shop' }, (items) => told.push(items.length));
  expect(all.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(told).toEqual([1, 2]);
  expect(asked).toEqual([
    { revision: 7, namespace: 'shop', continue: undefined },
    { revision: 7, namespace: 'shop', continue: 'x' },
  ]);
});

test('the line that does the same names what it is about', () => {
  expect(rewindLine('a', { revision: 7 })).toBe('clusters rewind a --revision 7 --yes');
  const web = { revision: 7, namespace: 'shop', resource: 'deployments.apps', name: 'web' };
  expect(rewindLine('a', web)).toBe('clusters rewind a --revision 7 -n shop --only deployments.apps/web --yes');
});
