import { expect, test } from 'vitest';
import { staysFor } from './taints.ts';

const out = (value: string) => ({ key: 'k', value, effect: 'NoExecute' });
const EXISTS = { key: 'k', operator: 'Exists' };

test('a pod stays as long as the first toleration of each taint says, and not where a taint has none', () => {
  expect(staysFor([EXISTS], [out('1')])).toBeUndefined();
  expect(staysFor([{ ...EXISTS, key: 'other' }], [out('1')])).toBe(0);
  const [long, short] = [9, 5].map((tolerationSeconds) => ({ ...EXISTS, tolerationSeconds }));
  expect([staysFor([long!, short!], [out('1')]), staysFor([short!, long!], [out('1')])]).toEqual([9, 5]);
  expect(
    staysFor([long!, { key: 'b', operator: 'Exists', tolerationSeconds: 3 }], [out('1'), { ...out(''), key: 'b' }]),
  ).toBe(3);
});

test('what the scheduler takes for tolerated does not drive a pod out', () => {
  const below = { key: 'k', operator: 'Lt', value: '5', effect: 'NoExecute' };
  expect([staysFor([below], [out('4')]), staysFor([below], [out('5')])]).toEqual([undefined, 0]);
});
