import { expect, test } from 'vitest';
import type { Ingress } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';

const CLASSES = '/apis/networking.k8s.io/v1/ingressclasses';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';

test('an Ingress that names no class gets the default one', async () => {
  const { create } = await testApi();
  const classOf = async (name: string, spec: object = {}, annotations: object = {}) => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const body = { metadata: { name, annotations }, spec: { defaultBackend: backend, ...spec } };
    return (await create<Ingress>(INGRESSES, body)).spec?.ingressClassName;
  };
  expect(await classOf('none')).toBeUndefined();
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  await create(CLASSES, { metadata: { name: 'other' }, spec: { controller: 'example.com/b' } });
  await create(CLASSES, { metadata: { name: 'main', annotations }, spec: { controller: 'example.com/a' } });
  expect(await classOf('default')).toBe('main');
  expect(await classOf('chosen', { ingressClassName: 'other' })).toBe('other');
  expect(await classOf('old', {}, { 'kubernetes.io/ingress.class': 'nginx' })).toBeUndefined();
});
