import { expect, test } from 'vitest';
import { createErrors } from '../../testing/strategy.ts';
import { ingress } from './ingress.ts';

test('the object that an ingress leads to has a name that fits into a path', () => {
  const resource = { apiGroup: '', kind: 'a/b', name: 'x' };
  const spec = { defaultBackend: { resource } };
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec };
  expect(createErrors(ingress, object)).toEqual([
    expect.stringMatching(/^spec\.defaultBackend\.resource\.apiGroup: Invalid value: "": a lowercase RFC 1123/),
    `spec.defaultBackend.resource.kind: Invalid value: "a/b": may not contain '/'`,
  ]);
});
