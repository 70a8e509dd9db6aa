import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { merge } from './merge.ts';
import { asksForSame, managersOfChange, textOf } from './text-of.ts';

test('changes of different lines come together, changes of the same are shown both', () => {
  const base = 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n';
  expect(merge('a: 9\nb: 2\nc: 3\nd: 4\ne: 5\n', base, 'a: 1\nb: 2\nc: 3\nd: 4\ne: 6\nf: 7\n')).toEqual({
    text: 'a: 9\nb: 2\nc: 3\nd: 4\ne: 6\nf: 7\n',
    conflicts: 0,
  });
  expect(merge('a: 9\nb: 2\n', 'a: 1\nb: 2\n', 'a: 8\nb: 2\n')).toEqual({
    text: '<<<<<<< yours\na: 9\n=======\na: 8\n>>>>>>> in the cluster\nb: 2\n',
    conflicts: 1,
  });
  expect(merge('a: 9\n', 'a: 1\n', 'a: 9\n')).toEqual({ text: 'a: 9\n', conflicts: 0 });
  expect(merge(base, base, 'a: 0\n')).toEqual({ text: 'a: 0\n', conflicts: 0 });
});

const object = (replicas: number, ready: number, managedFields: unknown[]) =>
  ({
    status: { ready },
    spec: { replicas },
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'web', resourceVersion: String(ready), generation: ready, managedFields },
  }) as unknown as KubeObject;

test('an object is edited without what only the server writes', () => {
  expect(textOf(object(1, 2, []))).toBe(
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nstatus:\n  ready: 2\nspec:\n  replicas: 1\n',
  );
});

test('a controller’s report is no other wish; who changed a wish is named', () => {
  const before = object(1, 1, [{ manager: 'kubectl', time: '1', fieldsV1: {} }]);
  expect(asksForSame(before, object(1, 2, []))).toBe(true);
  const after = object(2, 2, [
    { manager: 'kubectl', time: '1', fieldsV1: {} },
    { manager: 'autoscaler', time: '2', fieldsV1: {} },
    { manager: 'controller', time: '2', subresource: 'status' },
  ]);
  expect(asksForSame(before, after)).toBe(false);
  expect(managersOfChange(before, after)).toEqual(['autoscaler']);
});
