import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { anObject, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
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

test.each<[object, string[]]>([
  [{ capacity: { storage: '1Gi' }, allocatedResources: { storage: '2Gi', 'example.com/x': '1' } }, []],
  [
    { capacity: { storage: '-100m' } },
    ['status.capacity[storage]: Invalid value: -1: must be a valid resource quantity'],
  ],
  [
    { allocatedResources: { cpu: '1', storage: '-1' } },
    [
      'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
      'status.allocatedResources[storage]: Invalid value: -1: must be a valid resource quantity',
    ],
  ],
  [
    { allocatedResourceStatuses: { cpu: 'NodeResizePending', storage: 'x' } },
    [
      'status.allocatedResourceStatuses: Unsupported value: "cpu": supported values: "storage"',
      'status.allocatedResourceStatuses: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
    ],
  ],
])('a claim gets the status %j', (status, expected) => {
  const claim = anObject(persistentVolumeClaim, { status });
  expect(persistentVolumeClaim.strategy.validateStatusUpdate?.(claim, claim).map(errorText)).toEqual(expected);
});

test('both sources of a claim say the same', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const dataSource = { kind: 'PersistentVolumeClaim', name: 'a' };
  const errors = (dataSourceRef: object) =>
    createErrors(
      persistentVolumeClaim,
      anObject(persistentVolumeClaim, { spec: { ...spec, dataSource, dataSourceRef } }),
    );
  expect(errors(dataSource)).toEqual([]);
  expect(errors({ ...dataSource, name: 'b' })).toEqual(['spec: Invalid value: {}: must match dataSourceRef']);
  expect(errors({ apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'a' })).toEqual([
    'spec: Invalid value: {}: must match dataSourceRef',
  ]);
});

test('a source that is no claim and no snapshot stays where a newer client, or the claim before, has one', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const dataSource = { apiGroup: 'x.io', kind: 'Import', name: 'a' };
  const claim = (more: object) => anObject(persistentVolumeClaim, { spec: { ...spec, ...more } });
  const prepared = (more: object, before?: object) => {
    const next: PersistentVolumeClaim = claim(more);
    if (before) persistentVolumeClaim.strategy.prepareForUpdate?.(next, claim(before));
    else persistentVolumeClaim.strategy.prepareForCreate?.(next, {} as never);
    return [next.spec?.dataSource, next.spec?.dataSourceRef];
  };
  expect(prepared({ dataSource })).toEqual([undefined, undefined]);
  expect(prepared({ dataSource, dataSourceRef: dataSource })).toEqual([dataSource, dataSource]);
  expect(prepared({ dataSource }, { dataSource, dataSourceRef: dataSource })).toEqual([dataSource, dataSource]);
});
