import { expect, test } from 'vitest';
import type { Pod } from '../types.ts';
import { podRequests } from './requests.ts';

const container = (name: string, requests: object, more: object = {}) => ({ name, resources: { requests }, ...more });
const pod = (spec: object, status: object = {}) => ({ metadata: {}, spec, status }) as unknown as Pod;

test('a resize counts as the larger of what is wanted, allocated and in use, until it is done', () => {
  const running = { name: 'c', resources: { requests: { cpu: '3' } }, allocatedResources: { cpu: '2', memory: '1Ki' } };
  const shrunk = pod({ containers: [container('c', { cpu: '1' })] }, { containerStatuses: [running] });
  expect(podRequests(shrunk, { status: true })).toMatchObject({ cpu: 3000, memory: 1024 });
  expect(podRequests(shrunk)).toMatchObject({ cpu: 1000, memory: 0 });
  const wanted = pod({ containers: [container('c', { cpu: '9' })] }, { containerStatuses: [running] });
  expect(podRequests(wanted, { status: true })).toMatchObject({ cpu: 9000 });
  wanted.status = {
    ...wanted.status,
    conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
  };
  expect(podRequests(wanted, { status: true })).toMatchObject({ cpu: 3000 });
  // A container that has no request yet, and will not get one, counts with the defaults.
  const none = { name: 'c', resources: {} };
  const refused = pod({ containers: [container('c', { cpu: '1' })] }, { ...wanted.status, containerStatuses: [none] });
  expect(podRequests(refused, { status: true, defaults: true })).toMatchObject({ cpu: 100, memory: 200 * 2 ** 20 });
});

test('of init containers sidecars alone are resized', () => {
  const initContainers = [
    container('init', { cpu: '1' }),
    container('side', { cpu: '1' }, { restartPolicy: 'Always' }),
  ];
  const statuses = ['init', 'side'].map((name) => ({ name, resources: { requests: { cpu: '5' } } }));
  const resized = pod({ containers: [container('c', {})], initContainers }, { initContainerStatuses: statuses });
  expect(podRequests(resized, { status: true }).cpu).toBe(5000);
  expect(podRequests(resized).cpu).toBe(1000);
});

test('requests of the pod as a whole take the place of its containers, huge pages too, and are resized', () => {
  const resources = { requests: { cpu: '2', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '7' } };
  const requests = { cpu: '1', memory: '1Ki', 'hugepages-2Mi': '2Mi', 'example.com/gpu': '1' };
  const whole = pod(
    { containers: [container('c', requests)], resources, overhead: { cpu: '500m' } },
    { resources: { requests: { cpu: '6' } }, allocatedResources: { cpu: '4' } },
  );
  const scalar = { 'hugepages-2Mi': 4 * 2 ** 20, 'example.com/gpu': 1 };
  expect(podRequests(whole)).toMatchObject({ cpu: 2500, memory: 1024, scalar });
  expect(podRequests(whole, { status: true })).toMatchObject({ cpu: 6500, memory: 1024, scalar });
});

test('containers that name no request count with defaults for scoring, one that asks for nothing does not', () => {
  const containers = [container('a', {}), container('b', { cpu: '0', memory: '1Mi' })];
  expect(podRequests(pod({ containers }), { defaults: true })).toMatchObject({ cpu: 100, memory: 201 * 2 ** 20 });
});
