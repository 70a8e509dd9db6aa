import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { PODS, pod } from '../testing/objects.ts';

test('a pod gets what the cluster decides for it', async () => {
  const { create } = await testApi();
  const { spec } = await create<Pod>(PODS, pod('web'));
  expect(spec).toMatchObject({
    serviceAccountName: 'default',
    serviceAccount: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  });
});

test('fields that admission filled in have no manager', async () => {
  const { create } = await testApi();
  const { metadata } = await create<Pod>(PODS, pod('web'));
  const fields = metadata.managedFields?.[0]?.fieldsV1?.['f:spec'];
  expect(fields).toHaveProperty('f:containers');
  expect(fields).not.toHaveProperty('f:serviceAccountName');
  expect(fields).not.toHaveProperty('f:tolerations');
});
