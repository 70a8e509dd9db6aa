/** ResourceClaims of pods, in a whole cluster. */
import { expect, test } from 'vitest';
import type { Pod, ResourceClaim } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NS = '/api/v1/namespaces/default';
const CLAIMS = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
const TEMPLATES = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaimtemplates';
const requests = [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } }];
const containers = [{ name: 'c', image: 'x' }];

test('a pod gets its claim of a template, and the claim goes with the pod', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  await cluster.must(`POST ${TEMPLATES}`, { metadata: { name: 't' }, spec: { spec: { devices: { requests } } } });
  const resourceClaims = [{ name: 'gpu', resourceClaimTemplateName: 't' }];
  await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'p' }, spec: { containers, resourceClaims } });
  await cluster.settle();
  const claims = await cluster.list<ResourceClaim>(CLAIMS);
  expect(claims).toMatchObject([{ metadata: { annotations: { 'resource.kubernetes.io/pod-claim-name': 'gpu' } } }]);
  const pod = await cluster.must<Pod>(`GET ${NS}/pods/p`);
  expect(pod.status?.resourceClaimStatuses).toEqual([{ name: 'gpu', resourceClaimName: claims[0]?.metadata.name }]);
  expect(pod.metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: 'ResourceClaimController', operation: 'Apply', subresource: 'status' }),
  );
  cluster.evict();
  await cluster.must(`DELETE ${NS}/pods/p`);
  await cluster.advance(60_000);
  expect(await cluster.list(CLAIMS)).toEqual([]);
  expect(cluster.reported).toEqual([]);
});
