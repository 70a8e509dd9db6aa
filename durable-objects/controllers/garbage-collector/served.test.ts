import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { garbageCollector } from '../garbage-collector.ts';
import { Harness } from '../runtime/testing/harness.ts';
import { WIDGET, WIDGETS } from './testing/widget.ts';

test('a dependent of a kind that comes to be served is looked at, although the object died before it was told', async () => {
  const harness = new Harness([garbageCollector]);
  const { api, kinds } = harness;
  const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'gone' }];
  const metadata = { name: 'left-over', namespace: 'default', ownerReferences };
  await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await harness.settle(3_600_000);
  expect(api.read('configmaps', 'default', 'left-over')).toBeDefined();
  const kind = 'CustomResourceDefinition';
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind, metadata: { name: WIDGETS }, spec: WIDGET };
  await api.apply('customresourcedefinitions.apiextensions.k8s.io', definition);
  kinds.define(WIDGETS, customKinds(WIDGET));
  harness.kill();
  await harness.settle();
  expect([api.read('configmaps', 'default', 'left-over'), harness.errors]).toEqual([undefined, []]);
});
