import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { conditionsOf, factsOf, keysOf } from './facts-of.ts';

const object = (more: object): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Widget', metadata: {}, ...more }) as KubeObject;

test('short values of any kind are facts; what is long, deep or shown elsewhere is not', () => {
  const spec = {
    replicas: 3,
    paused: false,
    strategy: { type: 'Recreate' },
    nothing: null,
    empty: '',
    names: ['a', 'b'],
    many: [1, 2, 3, 4, 5, 6, 7, 8],
    deep: { a: { b: 1 } },
    objects: [{ a: 1 }],
    long: 'x'.repeat(500),
    selector: { matchLabels: {} },
  };
  expect(factsOf(object({ spec }), 'spec')).toEqual([
    ['replicas', '3'],
    ['paused', 'false'],
    ['strategy', 'type=Recreate'],
    ['names', 'a, b'],
    ['many', '1, 2, 3, 4, 5, 6 …'],
  ]);
  expect(factsOf(object({ status: 'odd' }), 'status')).toEqual([]);
});

test('keys of data with their sizes; those of a Secret are encoded', () => {
  expect(keysOf(object({ data: { a: 'ä', b: '' }, binaryData: { c: 'AAEC' } }))).toEqual([
    ['a', '2 B'],
    ['b', '0 B'],
    ['c', '3 B'],
  ]);
  expect(keysOf({ ...object({ data: { password: 'c2VjcmV0IQ==' } }), kind: 'Secret' })).toEqual([['password', '7 B']]);
});

test('conditions of a kind that calls other things so are none', () => {
  expect(
    conditionsOf(object({ status: { conditions: [{ type: 'Ready', status: 'True' }, 'odd', null] } })),
  ).toHaveLength(1);
  expect(conditionsOf(object({ status: { conditions: 'none' } }))).toEqual([]);
  expect(conditionsOf(object({}))).toEqual([]);
});

test('a text that only calls itself base64 takes no longer to measure', () => {
  const begun = performance.now();
  keysOf({ kind: 'Secret', data: { a: `${'='.repeat(500_000)}x` } } as never);
  expect(performance.now() - begun).toBeLessThan(1000);
});
