import { expect, test } from 'vitest';
import type { KubeObject } from '../object.ts';
import { schemaOf } from '../schema/resolve.ts';
import { applyAsManager } from './last-applied.ts';

test('the annotation has its keys in the order of Go, also where they are numbers', () => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { 9: 'x', b: '<', 10: 'y' } };
  const live = { ...map, metadata: { name: 'a', annotations: { [LAST]: '{}' } } } as unknown as KubeObject;
  const outcome = applyAsManager({
    schema: schemaOf('io.k8s.api.core.v1.ConfigMap'),
    apiVersion: 'v1',
    manager: 'kubectl',
    time: '2026-01-01T00:00:00Z',
    subresource: '',
    live,
    config: map,
    force: false,
  });
  if (!('object' in outcome)) throw new Error(JSON.stringify(outcome));
  expect(outcome.object.metadata.annotations?.[LAST]).toBe(
    '{"apiVersion":"v1","data":{"10":"y","9":"x","b":"\\u003c"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
  );
});
