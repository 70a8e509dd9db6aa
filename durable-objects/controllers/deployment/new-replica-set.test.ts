import { expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../kube/types.ts';
import { setName, syncedNewSet } from './new-replica-set.ts';
import { byRevision, nextRevision, REVISION } from './replica-sets.ts';
import { rolloutOf } from './rollout.ts';

const setOf = (revision: string | undefined, name = 'web-1'): ReplicaSet =>
  ({
    metadata: { name, ...(revision === undefined ? {} : { annotations: { [REVISION]: revision } }) },
    spec: { replicas: 1 },
  }) as unknown as ReplicaSet;

test('a set has the name of its Deployment, cut where it would be too long, and the hash of its template', () => {
  expect(setName('web', 'abc12')).toBe('web-abc12');
  const long = setName('a'.repeat(250), 'abc12');
  expect([long.length, long.endsWith('a-abc12')]).toEqual([253, true]);
});

test('a revision that does not parse is left alone, and new annotations with it until something else changes', () => {
  const deployment = (spec: object) =>
    ({ metadata: { name: 'web', annotations: { own: 'x' } }, spec: { replicas: 1, ...spec } }) as unknown as Deployment;
  const synced = (revision: string | undefined, spec: object = {}) =>
    syncedNewSet(rolloutOf(deployment(spec), 0), setOf(revision), [setOf('3')]).metadata.annotations;
  for (const text of ['x', '9223372036854775808', '1.5']) {
    expect(synced(text)).toEqual({ [REVISION]: text });
    expect(synced(text, { minReadySeconds: 1 })).toEqual({ [REVISION]: text, own: 'x' });
  }
  const history = 'deployment.kubernetes.io/revision-history';
  expect(synced(undefined)).toEqual({ [REVISION]: '4', own: 'x' });
  expect(synced('')).toEqual({ [REVISION]: '4', own: 'x', [history]: '' });
  expect(synced('+2')).toEqual({ [REVISION]: '4', own: 'x', [history]: '+2' });
  expect(synced('7')).toEqual({ [REVISION]: '7', own: 'x' });
});

test('sets whose revision does not parse count for none, and are as old as they are', () => {
  expect(nextRevision([setOf('x'), setOf('2'), setOf('99999999999999999999')])).toBe(3n);
  expect(nextRevision([])).toBe(1n);
  const names = (...sets: ReplicaSet[]) => sets.sort(byRevision).map(({ metadata }) => metadata.name);
  expect(names(setOf('5', 'a'), setOf('4', 'b'))).toEqual(['b', 'a']);
  expect(names(setOf('x', 'b'), setOf('4', 'a'))).toEqual(['a', 'b']);
});
