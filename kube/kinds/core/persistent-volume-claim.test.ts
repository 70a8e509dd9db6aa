import { expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { anObject, createErrors, updateErrors } from '../../testing/strategy.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';

test('the class of attributes that a claim names has the form of a name', () => {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    volumeAttributesClassName: 'A b',
  };
  expect(createErrors(persistentVolumeClaim, anObject(persistentVolumeClaim, { spec }))).toEqual([
    expect.stringMatching(/^spec\.volumeAttributesClassName: Invalid value: "A b": a lowercase RFC 1123 subdomain/),
  ]);
});

test('an update leaves out a source of a kind that claims do not take, as a create does', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const change = (next: KubeObject) => Object.assign(next.spec as object, { dataSource: { kind: 'x', name: 'n' } });
  expect(updateErrors(persistentVolumeClaim, anObject(persistentVolumeClaim, { spec }), change)).toEqual([]);
});
