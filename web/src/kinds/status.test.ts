import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { statusOf } from './status.ts';

const object = (apiVersion: string, kind: string, spec: object, status: object) =>
  ({ apiVersion, kind, metadata: { name: 'a' }, spec, status }) as KubeObject;

test.each([
  [
    'a Deployment that waits',
    object('apps/v1', 'Deployment', { replicas: 3 }, { readyReplicas: 1 }),
    '1/3 ready',
    'busy',
  ],
  ['one without a number', object('apps/v1', 'Deployment', {}, { readyReplicas: 1 }), '1/1 ready', 'good'],
  [
    'a DaemonSet',
    object('apps/v1', 'DaemonSet', {}, { numberReady: 2, desiredNumberScheduled: 2 }),
    '2/2 ready',
    'good',
  ],
  ['a Node', object('v1', 'Node', {}, { conditions: [{ type: 'Ready', status: 'True' }] }), 'Ready', 'good'],
])('%s has a word for how it is', (_, of, text, tone) => {
  expect(statusOf(of)).toEqual({ text, tone });
});

test('other kinds, and the same name in another group, have none', () => {
  expect(statusOf(object('v1', 'ConfigMap', {}, {}))).toBeUndefined();
  expect(statusOf(object('example.com/v1', 'Pod', {}, {}))).toBeUndefined();
});
