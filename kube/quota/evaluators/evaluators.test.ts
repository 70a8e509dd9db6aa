import { expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { printUsage } from '../usage.ts';
import type { Evaluator } from './evaluator.ts';
import { evaluatorOf } from './index.ts';

const of = (resource: string) => evaluatorOf(resource) as Evaluator;
const object = (parts: object) => ({ metadata: { name: 'x' }, ...parts }) as unknown as KubeObject;
const usage = (resource: string, parts: object, now?: number) => printUsage(of(resource).usage(object(parts), now));
const container = (requests?: object, limits?: object) => ({ name: 'c', resources: { requests, limits } });

test.each<[string, string, object, string]>([
  ['a bare pod', 'pods', { spec: { containers: [{ name: 'c' }] } }, 'count/pods=1,pods=1'],
  [
    'a pod that has ended',
    'pods',
    { status: { phase: 'Failed' }, spec: { containers: [container({ cpu: '1' })] } },
    'count/pods=1',
  ],
  [
    'all that a pod asks for',
    'pods',
    {
      spec: {
        containers: [
          container(
            { cpu: '500m', memory: '1Gi', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' },
            { cpu: '1', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' },
          ),
          container({ cpu: '250m', 'ephemeral-storage': '1Gi' }, { memory: '2Gi' }),
        ],
      },
    },
    'count/pods=1,cpu=750m,ephemeral-storage=1Gi,hugepages-2Mi=4Mi,limits.cpu=1,limits.memory=2Gi,memory=1Gi,pods=1,requests.cpu=750m,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2,requests.hugepages-2Mi=4Mi,requests.memory=1Gi',
  ],
  [
    'init containers, sidecars and overhead',
    'pods',
    {
      spec: {
        containers: [container({ cpu: '1' })],
        initContainers: [
          { ...container({ cpu: '1' }), restartPolicy: 'Always' },
          container({ cpu: '3' }, { cpu: '4' }),
        ],
        overhead: { cpu: '100m', memory: '1Mi' },
      },
    },
    'count/pods=1,cpu=4100m,limits.cpu=4100m,memory=1Mi,pods=1,requests.cpu=4100m,requests.memory=1Mi',
  ],
  [
    'a pod whose whole has resources',
    'pods',
    { spec: { containers: [container({ cpu: '1' })], resources: { requests: { cpu: '2' }, limits: { cpu: '3' } } } },
    'count/pods=1,cpu=2,limits.cpu=3,pods=1,requests.cpu=2',
  ],
  [
    'a pod that shrinks uses what it has',
    'pods',
    {
      spec: { containers: [container({ cpu: '1' }, { cpu: '1' })] },
      status: { containerStatuses: [{ ...container({ cpu: '2' }, { cpu: '3' }), allocatedResources: { cpu: '1' } }] },
    },
    'count/pods=1,cpu=2,limits.cpu=3,pods=1,requests.cpu=2',
  ],
  [
    'a service',
    'services',
    { spec: { ports: [{}] } },
    'count/services=1,services.loadbalancers=0,services.nodeports=0,services=1',
  ],
  [
    'a load balancer without node ports but one',
    'services',
    { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{}, { nodePort: 30000 }] } },
    'count/services=1,services.loadbalancers=1,services.nodeports=1,services=1',
  ],
  [
    'a claim of a class, which grows',
    'persistentvolumeclaims',
    {
      spec: { storageClassName: 'gold', resources: { requests: { storage: '1500m' } } },
      status: { allocatedResources: { storage: '5Gi' } },
    },
    'count/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/persistentvolumeclaims=1,gold.storageclass.storage.k8s.io/requests.storage=5Gi,persistentvolumeclaims=1,requests.storage=5Gi',
  ],
  [
    'the most of each class of alternatives',
    'resourceclaims.resource.k8s.io',
    {
      spec: {
        devices: {
          requests: [
            { exactly: { deviceClassName: 'a', allocationMode: 'ExactCount', count: 2 } },
            {
              firstAvailable: [
                { deviceClassName: 'a', allocationMode: 'ExactCount', count: 3 },
                { deviceClassName: 'b', allocationMode: 'All' },
              ],
            },
          ],
        },
      },
    },
    'a.deviceclass.resource.k8s.io/devices=5,b.deviceclass.resource.k8s.io/devices=32,count/resourceclaims.resource.k8s.io=1',
  ],
  ['a secret', 'secrets', {}, 'count/secrets=1,secrets=1'],
  ['an object of a kind of a client', 'crontabs.example.com', {}, 'count/crontabs.example.com=1'],
])('%s', (_, resource, parts, expected) => {
  expect(usage(resource, parts)).toBe(expected);
});

test('a pod that should be gone is an object still', () => {
  const metadata = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
  const at = (time: string) => usage('pods', { metadata, spec: { containers: [] } }, Date.parse(time));
  expect(at('2026-01-01T00:01:00Z')).toBe('count/pods=1,pods=1');
  expect(at('2026-01-01T00:01:01Z')).toBe('count/pods=1');
});

test.each<[string, object, object, boolean]>([
  ['pods', { scopeName: 'BestEffort' }, { spec: { containers: [{ name: 'c' }] } }, true],
  ['pods', { scopeName: 'NotBestEffort' }, { spec: { containers: [container({ cpu: '1' })] } }, true],
  ['pods', { scopeName: 'Terminating' }, { spec: { activeDeadlineSeconds: 0 } }, true],
  ['pods', { scopeName: 'NotTerminating' }, { spec: { activeDeadlineSeconds: 5 } }, false],
  ['pods', { scopeName: 'PriorityClass', operator: 'In', values: ['a'] }, { spec: { priorityClassName: 'a' } }, true],
  ['pods', { scopeName: 'PriorityClass', operator: 'NotIn', values: ['a'] }, { spec: {} }, true],
  ['pods', { scopeName: 'PriorityClass', operator: 'DoesNotExist' }, { spec: { priorityClassName: 'a' } }, false],
  [
    'pods',
    { scopeName: 'CrossNamespacePodAffinity' },
    {
      spec: {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { namespaceSelector: {} } }],
          },
        },
      },
    },
    true,
  ],
  [
    'persistentvolumeclaims',
    { scopeName: 'VolumeAttributesClass', operator: 'In', values: ['fast'] },
    { spec: { volumeAttributesClassName: 'slow' }, status: { currentVolumeAttributesClassName: 'fast' } },
    true,
  ],
  ['persistentvolumeclaims', { scopeName: 'VolumeAttributesClass', operator: 'Exists' }, { spec: {} }, false],
  ['secrets', { scopeName: 'Terminating' }, {}, false],
])('%s in the scope %j: %j', (resource, scope, parts, expected) => {
  const requirement = { operator: 'Exists', scopeName: '', ...scope };
  expect(of(resource).matchesScope(requirement, object(parts))).toBe(expected);
});

test('names of a quota belong to the resources that they are about', () => {
  const names = [
    'pods',
    'requests.example.com/gpu',
    'requests.hugepages-2Mi',
    'gold.storageclass.storage.k8s.io/requests.storage',
  ];
  const matched = (resource: string) => names.filter((name) => of(resource).matches(name));
  expect(matched('pods')).toEqual(names.slice(0, 3));
  expect(matched('persistentvolumeclaims')).toEqual(names.slice(3));
  expect(evaluatorOf('events')).toBeUndefined();
});
