import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, PODS, pod } from '../testing/objects.ts';

const RANGES = '/api/v1/namespaces/default/limitranges';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';

test('a pod gets the defaults of its namespace, and is refused beyond the bounds', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('before'));
  const limits = [
    { type: 'Container', max: { cpu: '1' }, default: { cpu: '500m' } },
    { type: 'Pod', max: { cpu: '1' } },
  ];
  await create(RANGES, { metadata: { name: 'bounds' }, spec: { limits } });
  const { metadata, spec } = await create<Pod>(PODS, pod('a'));
  expect(spec?.containers[0]?.resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '500m' } });
  expect(metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
    'LimitRanger plugin set: cpu request for container main; cpu limit for container main',
  );
  const large = pod('b', { spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '2' } } }] } });
  const refused = await call(`POST ${PODS}`, { body: large });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'pods "b" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Pod is 1, but limit is 2]',
  ]);
  // Only what is made anew is judged, and only in this namespace.
  const patch = await call(`PATCH ${PODS}/before`, { headers: MERGE, body: { metadata: { labels: { a: 'b' } } } });
  expect(patch.status).toBe(200);
  await call(`PATCH ${RANGES}/bounds`, {
    headers: MERGE,
    body: { spec: { limits: [{ type: 'Pod', max: { cpu: '3' } }] } },
  });
  expect((await call(`POST ${PODS}`, { body: large })).status).toBe(201);
  await call(`DELETE ${RANGES}/bounds`);
  expect((await create<Pod>(PODS, pod('c'))).spec?.containers[0]?.resources).toEqual({});
});

test('a claim is judged as it is made and as it grows', async () => {
  const { call, create } = await testApi();
  const item = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } };
  await create(RANGES, { metadata: { name: 'bounds' }, spec: { limits: [item] } });
  const claim = (name: string, storage: string) => ({
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
  await create(CLAIMS, claim('a', '1Gi'));
  const refused = await call(`POST ${CLAIMS}`, { body: claim('b', '500Mi') });
  expect(refused.body.message).toBe(
    'persistentvolumeclaims "b" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
  );
  expect(refused.body.details).toEqual({ name: 'b', kind: 'persistentvolumeclaims' });
});
