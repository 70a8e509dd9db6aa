import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';
const PODS = '/api/v1/namespaces/default/pods';
const SETS = '/apis/apps/v1/namespaces/default/statefulsets';
const labels = { app: 'db' };

const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'db', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
};
const set = {
  metadata: { name: 'db' },
  spec: {
    serviceName: 'db',
    replicas: 3,
    selector: { matchLabels: labels },
    template,
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
};

async function events(cluster: TestCluster, reason: string): Promise<number> {
  return (await cluster.list<never>(`/api/v1/namespaces/default/events?fieldSelector=reason=${reason}`)).length;
}

test('a StatefulSet’s claims get volumes on the nodes of its pods in a new cluster, keep them, and let them go', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${SETS}`, set);
  await cluster.advance(30_000);
  const pods = await cluster.list<Pod>(PODS);
  expect(pods.map(({ status }) => status?.phase)).toEqual(['Running', 'Running', 'Running']);
  const claims = await cluster.list<PersistentVolumeClaim>(CLAIMS);
  expect(claims.map(({ spec, status }) => [spec?.storageClassName, status?.phase, status?.capacity])).toEqual(
    Array.from({ length: 3 }, () => ['standard', 'Bound', { storage: '1Gi' }]),
  );
  const nodeOf = new Map(pods.map(({ metadata, spec }) => [`data-${metadata.name}`, spec?.nodeName]));
  for (const { spec, status } of await cluster.list<PersistentVolume>(VOLUMES)) {
    const [term] = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    expect(status?.phase).toBe('Bound');
    expect(term?.matchExpressions?.[0]?.values).toEqual([nodeOf.get(spec?.claimRef?.name ?? '')]);
    expect(spec?.hostPath?.path).toMatch(/^\/var\/lib\/islet\/volumes\/pvc-.*_default_data-db-\d$/);
  }
  expect([await events(cluster, 'ProvisioningSucceeded'), await events(cluster, 'FailedScheduling')]).toEqual([3, 0]);

  // A pod comes back to its volume.
  const [first] = pods;
  await cluster.must(`DELETE ${PODS}/${first?.metadata.name}`);
  await cluster.advance(60_000);
  const again = await cluster.must<Pod>(`GET ${PODS}/${first?.metadata.name}`);
  expect([again.status?.phase, again.spec?.nodeName]).toEqual(['Running', first?.spec?.nodeName]);

  await cluster.must(`DELETE ${SETS}/db`);
  await cluster.advance(60_000);
  await cluster.must(`DELETE ${CLAIMS}`);
  await cluster.advance(10_000);
  expect(await cluster.list(VOLUMES)).toEqual([]);
  expect(cluster.reported).toEqual([]);
});

test('a volume that is there is bound at once, over evictions', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${VOLUMES}`, {
    metadata: { name: 'v' },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'manual',
      nfs: { server: 'nfs', path: '/' },
    },
  });
  cluster.evict();
  await cluster.must(`POST ${CLAIMS}`, {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'manual',
      resources: { requests: { storage: '1Gi' } },
    },
  });
  cluster.evict();
  await cluster.advance(5000);
  const claim = await cluster.must<PersistentVolumeClaim>(`GET ${CLAIMS}/data`);
  expect([claim.spec?.volumeName, claim.status?.phase, claim.status?.capacity]).toEqual([
    'v',
    'Bound',
    { storage: '2Gi' },
  ]);
  const before = cluster.rowsWritten;
  await cluster.advance(3_600_000);
  expect([cluster.rowsWritten - before, cluster.reported]).toEqual([0, []]);
});

test('an ephemeral volume gets a claim of the pod’s own, which goes with it', async () => {
  const cluster = await TestCluster.start();
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const volumes = [{ name: 'data', ephemeral: { volumeClaimTemplate: { spec } } }];
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'p' }, spec: { ...template.spec, volumes } });
  await cluster.advance(10_000);
  expect((await cluster.must<Pod>(`GET ${PODS}/p`)).status?.phase).toBe('Running');
  expect((await cluster.must<PersistentVolumeClaim>(`GET ${CLAIMS}/p-data`)).status?.phase).toBe('Bound');
  await cluster.must(`DELETE ${PODS}/p`);
  await cluster.advance(60_000);
  expect([await cluster.list(CLAIMS), await cluster.list(VOLUMES), cluster.reported]).toEqual([[], [], []]);
});
