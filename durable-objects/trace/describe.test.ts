import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { partsOf, whatOf } from './describe.ts';

const object = (kind: string, spec: object, status: object): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'a' }, spec, status }) as unknown as KubeObject;

const changed = (kind: string, before: [object, object], after: [object, object]): string =>
  whatOf('update', object(kind, ...after), object(kind, ...before));

test('a change without words of its own names the fields', () => {
  expect(changed('Node', [{ podCIDR: 'a' }, {}], [{ podCIDR: 'a', unschedulable: true, taints: [] }, {}])).toBe(
    'changed spec.unschedulable, spec.taints',
  );
});

test('of conditions, those that differ are named with their status', () => {
  const ready = { type: 'Initialized', status: 'True' };
  const sandbox = (status: string) => ({ type: 'PodReadyToStartContainers', status });
  const before = { conditions: [ready, sandbox('False')], podIP: '' };
  const after = { conditions: [ready, sandbox('True')], podIP: '10.0.0.1' };
  expect(changed('Pod', [{}, before], [{}, after])).toBe(
    'changed condition PodReadyToStartContainers (True), status.podIP',
  );
  // A time alone.
  const touched = { conditions: [{ ...ready, lastProbeTime: 'now' }, sandbox('False')], podIP: '' };
  expect(changed('Pod', [{}, before], [{}, touched])).toBe('changed status.conditions');
});

test('fields that are called conditions and hold none are named as all others', () => {
  const configMap = (conditions: string) => ({ ...object('ConfigMap', {}, {}), data: { conditions } });
  expect(whatOf('update', configMap('b'), configMap('a'))).toBe('changed data.conditions');
  expect(changed('Widget', [{}, { conditions: { a: 1 } }], [{}, { conditions: { a: 2 } }])).toBe(
    'changed status.conditions',
  );
});

test('more that are ready than are wanted are said to be so', () => {
  const set = (ready: number) => [{ replicas: 8 }, { readyReplicas: ready }] as [object, object];
  expect(changed('ReplicaSet', set(7), set(8))).toBe('8 of 8 ready');
  expect(changed('ReplicaSet', set(8), set(10))).toBe('10 ready, 8 wanted');
});

test('a container is told of where it waits for a reason of its own, ends, or runs again', () => {
  const status = (state: object, phase = 'Pending') => ({ phase, containerStatuses: [{ name: 'c', state }] });
  const steps = [
    status({ waiting: { reason: 'ContainerCreating' } }),
    status({ waiting: { reason: 'ErrImagePull' } }),
    status({ waiting: { reason: 'ImagePullBackOff' } }),
    status({ running: {} }, 'Running'),
    status({ terminated: { reason: 'Error', exitCode: 1 } }, 'Running'),
    status({ running: {} }, 'Running'),
  ];
  const told = steps.slice(1).map((now, at) => changed('Pod', [{}, steps[at] as object], [{}, now]));
  expect(told).toEqual([
    'container c waiting (ErrImagePull)',
    'container c waiting (ImagePullBackOff)',
    'Pending → Running',
    'container c terminated (Error)',
    'container c running',
  ]);
  const [before, after] = [object('Pod', {}, steps[0] as object), object('Pod', {}, steps[1] as object)];
  expect(partsOf('update', after, before)).toEqual([
    { code: 'container', name: 'c', state: 'waiting', reason: 'ErrImagePull' },
  ]);
});
