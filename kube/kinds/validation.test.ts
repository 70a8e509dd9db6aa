import { expect, test } from 'vitest';
import type { KubeObject } from '../machinery/object.ts';
import { anObject, createErrors, updateErrors } from '../testing/strategy.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { KindRegistry } from './registry.ts';

const registry = new KindRegistry();

/** Kinds with few rules: version, kind, fields, and upstream's words for what is wrong with them. */
test.each<[string, string, Record<string, unknown>, string[]]>([
  [
    'v1',
    'Node',
    { spec: { taints: [{ key: 'a', effect: 'X' }] } },
    [
      'metadata.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
  ],
  [
    'v1',
    'Event',
    { involvedObject: { namespace: 'other' } },
    ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  ],
  [
    'coordination.k8s.io/v1',
    'Lease',
    { spec: { leaseDurationSeconds: 0 } },
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
  ],
  [
    'discovery.k8s.io/v1',
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: [{ addresses: ['::1', '127.0.0.1', '10.0.0.1'] }] },
    [
      'endpoints[0].addresses: Invalid value: "::1": must be an IPv4 address',
      'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[0].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
  ],
  [
    'networking.k8s.io/v1',
    'Ingress',
    { spec: { rules: [{ host: '1.2.3.4', http: { paths: [{ path: 'x', pathType: 'Prefix', backend: {} }] } }] } },
    [
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
      'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required',
    ],
  ],
  [
    'policy/v1',
    'PodDisruptionBudget',
    { spec: { maxUnavailable: '101%' } },
    ['spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      spec: {
        minReplicas: 5,
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      },
    },
    ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  ],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'], resources: { requests: { storage: '0' } } } },
    [
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ],
  ],
  [
    'scheduling.k8s.io/v1',
    'PriorityClass',
    { value: 2_000_000_000 },
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
])('%s %s %j is refused', (apiVersion, kindName, fields, errors) => {
  const kind = registry.findKind(apiVersion, kindName)?.kind;
  const object: KubeObject = {
    apiVersion,
    kind: kindName,
    metadata: { name: 'a', namespace: 'default' },
    ...fields,
  };
  expect(kind && createErrors(kind, object)).toEqual(errors);
});

test('endpoints that an update of a slice leaves alone are taken as they are', () => {
  const slice = anObject(endpointSlice, { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] });
  expect(updateErrors(endpointSlice, slice, (next) => Object.assign(next, { addressType: 'IPv6' }))).toEqual([
    'addressType: Invalid value: "IPv6": field is immutable',
  ]);
  const other = { addressType: 'IPv6', endpoints: [{ addresses: ['10.0.0.2'] }] };
  expect(updateErrors(endpointSlice, slice, (next) => Object.assign(next, other))).toContain(
    'endpoints[0].addresses: Invalid value: "10.0.0.2": must be an IPv6 address',
  );
});
