import { expect, test } from 'vitest';
import { formerOf } from './membership.ts';

const token = (cluster: string) => `h.${Buffer.from(JSON.stringify({ cluster })).toString('base64url')}.s`;
const of = (cluster: string, nodeName: string) => ({ server: 'https://s', nodeName, token: token(cluster) });

test('A machine that joins anew remembers what it was before, once, and not what it is', () => {
  const first = of('a', 'n1');
  expect(formerOf(first, undefined)).toEqual([]);
  expect(formerOf(of('a', 'n1'), first)).toEqual([]);
  const second = { ...of('b', 'n1'), former: formerOf(of('b', 'n1'), first) };
  expect(second.former).toEqual([{ cluster: 'a', node: 'n1' }]);
  const third = { ...of('b', 'n2'), former: formerOf(of('b', 'n2'), second) };
  expect(third.former).toEqual([
    { cluster: 'a', node: 'n1' },
    { cluster: 'b', node: 'n1' },
  ]);
  expect(formerOf(of('a', 'n1'), third)).toEqual([
    { cluster: 'b', node: 'n1' },
    { cluster: 'b', node: 'n2' },
  ]);
});
