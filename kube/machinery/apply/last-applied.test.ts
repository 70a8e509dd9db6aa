import { expect, test } from 'vitest';
import type { KubeObject } from '../object.ts';
import { schemaOf } from '../schema/resolve.ts';
import { applyAsManager } from './last-applied.ts';
import { updateManagedFields } from './managed-fields.ts';

const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
const options = { manager: 'kubectl', time: '2026-01-01T00:00:00Z', subresource: '', force: false };

test('the annotation has its keys in the order of Go, also where they are numbers', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { 9: 'x', b: '<', 10: 'y' } };
  const live = { ...map, metadata: { name: 'a', annotations: { [LAST]: '{}' } } } as unknown as KubeObject;
  const schema = schemaOf('io.k8s.api.core.v1.ConfigMap');
  const outcome = applyAsManager({ ...options, schema, apiVersion: 'v1', live, config: map });
  if (!('object' in outcome)) throw new Error(JSON.stringify(outcome));
  expect(outcome.object.metadata.annotations?.[LAST]).toBe(
    '{"apiVersion":"v1","data":{"10":"y","9":"x","b":"\\u003c"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
  );
});

const pod = (container: object, kind = 'Pod') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', ...container }] },
});

test.each([
  ['an object whose items have keys of their own', {}, 'Pod', true],
  ['an object with items that share a key', { env: [{ name: 'A' }, { name: 'A' }] }, 'Pod', false],
  ['the annotation of another kind', {}, 'Service', false],
])('kubectl changes what its client-side apply gave: %s', (_, more, kind, isTaken) => {
  const last = JSON.stringify(pod({ image: 'i' }, kind));
  const live = pod({ image: 'i', ...more }) as unknown as KubeObject;
  live.metadata.annotations = { [LAST]: last };
  const tracking = { ...options, schema: schemaOf('io.k8s.api.core.v1.Pod'), apiVersion: 'v1' };
  const manager = 'kubectl-client-side-apply';
  live.metadata.managedFields = updateManagedFields({ ...tracking, manager, before: undefined, after: live });
  const outcome = applyAsManager({ ...tracking, live, config: pod({ image: 'j' }) });
  expect('object' in outcome).toBe(isTaken);
});
