import { expect, test } from 'vitest';
import type { Namespace } from '../../kube/types.ts';
import type { OutboundRequest } from '../apiserver/outbound.ts';
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

test('the namespace controller deletes the objects that an aggregated API keeps in a namespace, through that API', async () => {
  const things = new Set(['a', 'b']);
  const asked: string[] = [];
  const outbound = async ({ to, method, headers }: OutboundRequest) => {
    const path = 'service' in to ? to.service.path : '';
    if (path.includes('/namespaces/')) asked.push(`${headers['x-remote-user']} ${method} ${path}`);
    if (method === 'DELETE') things.clear();
    const thing = { name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing' };
    const body = path.includes('/namespaces/')
      ? { kind: 'List', items: [...things].map((name) => ({ metadata: { name } })) }
      : { resources: [{ ...thing, verbs: ['delete', 'deletecollection', 'list'] }] };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  };
  const cluster = await TestCluster.start({ outbound });
  await cluster.must('POST /api/v1/namespaces', { metadata: { name: 'gone' } });
  const spec = { type: 'ExternalName', externalName: 'localhost' };
  await cluster.must('POST /api/v1/namespaces/default/services', { metadata: { name: 'back' }, spec });
  await cluster.must('POST /apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: 'v1.back.dev' },
    spec: {
      group: 'back.dev',
      version: 'v1',
      groupPriorityMinimum: 1,
      versionPriority: 1,
      service: { namespace: 'default', name: 'back' },
    },
  });
  await cluster.advance(1000);
  await cluster.must('DELETE /api/v1/namespaces/gone');
  // Keys are made meanwhile, which takes turns of the event loop that the cluster's clock does not know.
  await expect
    .poll(async () => {
      await cluster.advance(1000);
      return (await cluster.send('GET /api/v1/namespaces/gone')).status;
    })
    .toBe(404);
  const path = '/apis/back.dev/v1/namespaces/gone/things';
  const user = 'system:serviceaccount:kube-system:namespace-controller';
  expect(asked).toEqual([`${user} DELETE ${path}`, `${user} GET ${path}?limit=500`]);
  expect(cluster.reported).toEqual([]);
});
