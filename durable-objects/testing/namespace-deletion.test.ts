import { expect, test } from 'vitest';
import type { Namespace } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

test('pods that have not ended within their grace period are named as unexpected', async () => {
  const cluster = await TestCluster.start();
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
  await cluster.must('POST /api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'silent' } });
  await cluster.settle();
  for (const name of ['short', 'long']) {
    await cluster.must('POST /api/v1/namespaces/gone/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        nodeName: 'silent',
        terminationGracePeriodSeconds: name === 'long' ? 20 : 10,
        containers: [{ name: 'c', image: 'nginx' }],
      },
    });
  }
  const failure = async () => {
    const { status } = await cluster.must<Namespace>('GET /api/v1/namespaces/gone');
    return status?.conditions?.find(({ type }) => type === 'NamespaceDeletionContentFailure');
  };
  await cluster.must('DELETE /api/v1/namespaces/gone');
  await cluster.advance(15_000);
  expect(await failure()).toMatchObject({ status: 'False' });
  cluster.evict();
  await cluster.advance(10_000);
  expect(await failure()).toMatchObject({
    status: 'True',
    reason: 'ContentDeletionFailed',
    message:
      'Failed to delete all resource types, 1 remaining: ' +
      'unexpected items still remain in namespace: gone for gvr: /v1, Resource=pods',
  });
  for (const name of ['short', 'long']) {
    await cluster.must(`DELETE /api/v1/namespaces/gone/pods/${name}`, { gracePeriodSeconds: 0 });
  }
  await cluster.settle();
  expect((await cluster.send('GET /api/v1/namespaces/gone')).status).toBe(404);
});
