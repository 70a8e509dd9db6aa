import { expect, test } from 'vitest';
import type { KubeObject } from '../machinery/object.ts';
import { BY, created, createErrors, updateErrors } from '../testing/strategy.ts';
import { controllerRevision } from './apps/controller-revision.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { lease } from './coordination/lease.ts';
import { node } from './core/node.ts';
import { persistentVolume } from './core/persistent-volume.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { serviceAccount } from './core/service-account.ts';
import type { DefinedKind } from './define.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { csiDriver } from './storage/csi-driver.ts';

const object = (kind: DefinedKind, fields: object): KubeObject => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  metadata: { name: 'x' },
  ...fields,
});

const SOURCE = { apiGroup: 'a.b', kind: 'K', name: 'n', namespace: 'other' };

test.each<[string, DefinedKind, object, object]>([
  [
    'all of a secret but its name',
    serviceAccount,
    { secrets: [{ name: 's', namespace: 'n' }, {}] },
    { secrets: [{ name: 's' }, {}] },
  ],
  [
    'coordinated election',
    lease,
    { spec: { holderIdentity: 'h', strategy: 's', preferredHolder: 'p' } },
    { spec: { holderIdentity: 'h' } },
  ],
  [
    'a source in another namespace',
    persistentVolumeClaim,
    { spec: { dataSourceRef: SOURCE } },
    { spec: { volumeMode: 'Filesystem' } },
  ],
  ['the configuration of a kubelet', node, { spec: { configSource: {} }, status: { config: {} } }, { spec: {} }],
  [
    'the old topology of an endpoint',
    endpointSlice,
    { endpoints: [{ addresses: [], deprecatedTopology: { a: 'b' } }] },
    { endpoints: [{ addresses: [], conditions: {} }] },
  ],
])('a create leaves out %s', (_what, kind, fields, kept) => {
  const made = created(kind, object(kind, fields));
  for (const [name, value] of Object.entries(kept)) expect(made[name as keyof KubeObject]).toEqual(value);
});

test('a driver does not keep pods from nodes without it, as long as it could not be told to', () => {
  const asked = object(csiDriver, { spec: { preventPodSchedulingIfMissing: true } });
  expect(created(csiDriver, asked).spec).not.toHaveProperty('preventPodSchedulingIfMissing');
});

test('a volume says since when it has been in its phase', () => {
  const volume = created(persistentVolume, object(persistentVolume, { spec: {} }));
  expect(volume.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: BY.now });
  const later = { ...BY, now: '2027-01-01T00:00:00Z' };
  const next = structuredClone(volume);
  const prepare = persistentVolume.strategy.prepareForStatusUpdate;
  prepare?.(next, volume, later);
  expect(next.status).toEqual(volume.status);
  Object.assign(next.status as object, { phase: 'Available' });
  prepare?.(next, volume, later);
  expect(next.status).toEqual({ phase: 'Available', lastPhaseTransitionTime: later.now });
});

test('an autoscaler that names no metric goes by CPU, in both versions', () => {
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } };
  const made = created(horizontalPodAutoscalerV1, object(horizontalPodAutoscalerV1, { spec }));
  expect(made.spec).toMatchObject({ minReplicas: 1, targetCPUUtilizationPercentage: 80 });
  expect(made.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 });
});

test('a revision holds an object, which stays', () => {
  const revision = (data: unknown, number = 1) => object(controllerRevision, { data, revision: number });
  expect(createErrors(controllerRevision, revision(undefined, -1))).toEqual([
    'revision: Invalid value: -1: must be greater than or equal to 0',
    'data: Required value: data is mandatory',
  ]);
  expect(createErrors(controllerRevision, revision([]))).toEqual([
    'data: Required value: data must be a valid JSON object',
  ]);
  const change = updateErrors(controllerRevision, revision({ a: 1 }), (next) =>
    Object.assign(next, { data: { a: 2 } }),
  );
  expect(change).toEqual(['data: Invalid value: {"a":2}: field is immutable']);
});

test('a claim names a class of attributes', () => {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    volumeAttributesClassName: 'A b',
  };
  expect(createErrors(persistentVolumeClaim, object(persistentVolumeClaim, { spec }))).toEqual([
    expect.stringMatching(/^spec\.volumeAttributesClassName: Invalid value: "A b": a lowercase RFC 1123 subdomain/),
  ]);
});

test('a source that claims do not take is left out of an update as of a create', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const change = (next: KubeObject) => Object.assign(next.spec as object, { dataSource: { kind: 'x', name: 'n' } });
  expect(updateErrors(persistentVolumeClaim, object(persistentVolumeClaim, { spec }), change)).toEqual([]);
});
