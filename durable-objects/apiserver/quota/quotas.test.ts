import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuantity } from '../../../kube/machinery/quantity.ts';
import type { Pod, ResourceQuota } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, MERGE, PODS, pod, SERVICES } from '../testing/objects.ts';

const QUOTAS = '/api/v1/namespaces/default/resourcequotas';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';

const quota = (hard: Record<string, string>, spec: object = {}) => ({
  metadata: { name: 'q' },
  spec: { hard, ...spec },
});
const asks = (name: string, resources: object, more: object = {}) =>
  pod(name, { spec: { containers: [{ name: 'c', image: 'x', resources }], ...more } });

async function quotaApi(hard: Record<string, string>, spec: object = {}) {
  const api = await testApi();
  const used = async () => (await api.call<ResourceQuota>(`GET ${QUOTAS}/q`)).body.status?.used;
  const refused = async (line: string, body: object, headers = {}) => {
    const reply = await api.call(line, { body, headers });
    return [reply.status, reply.body.message];
  };
  return { ...api, used, refused, set: () => api.create<ResourceQuota>(QUOTAS, quota(hard, spec)) };
}

test('a new quota counts the objects that exist, and every create and delete changes the usage in its own commit', async () => {
  const { create, call, used, refused, set, store } = await quotaApi({
    pods: '2',
    'count/configmaps': '3',
    configmaps: '5',
  });
  await create(PODS, pod('old'));
  expect((await set()).status).toEqual({});
  expect(await used()).toEqual({ pods: '1', 'count/configmaps': '0', configmaps: '0' });
  await create(PODS, pod('a'));
  await create(MAPS, configMap('m'));
  expect(await used()).toEqual({ pods: '2', 'count/configmaps': '1', configmaps: '1' });
  expect(await refused(`POST ${PODS}`, pod('b'))).toEqual([
    403,
    'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
  ]);
  expect(await refused(`POST ${PODS}?dryRun=All`, pod('b'))).toEqual([
    403,
    'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
  ]);
  // A pod that has ended needs no place.
  await call(`PATCH ${PODS}/a/status`, { headers: MERGE, body: { status: { phase: 'Succeeded' } } });
  expect((await used())?.pods).toBe('1');
  await create(`${PODS}?dryRun=All`, pod('b'));
  expect((await used())?.pods).toBe('1');
  await create(PODS, pod('b'));
  await call(`DELETE ${PODS}/old`);
  await call(`DELETE ${PODS}/a`);
  await call(`DELETE ${MAPS}/m`);
  expect(await used()).toEqual({ pods: '1', 'count/configmaps': '0', configmaps: '0' });
  const last = store.log({ after: 0, limit: 1000, prefixes: ['resourcequotas/'] }).at(-1);
  expect(last?.cause).toMatchObject({ verb: 'delete', beside: 'configmaps/default/m' });
});

test('a hundred writers never get more than there is, whatever they do beside it', async () => {
  const { call, used, set, store } = await quotaApi({ pods: '10', 'requests.cpu': '5' });
  await set();
  const posted = Array.from({ length: 100 }, (_, i) =>
    call(`POST ${PODS}`, { body: asks(`p${i}`, { requests: { cpu: '100m' }, limits: { cpu: '1' } }) }),
  );
  const codes = (await Promise.all(posted)).map(({ status }) => status);
  expect(codes.filter((code) => code === 201)).toHaveLength(10);
  expect(codes.filter((code) => code === 403)).toHaveLength(90);
  expect(store.count('pods/')).toBe(10);
  expect(await used()).toEqual({ pods: '10', 'requests.cpu': '1' });
  const mixed = store
    .list({ prefix: 'pods/' })
    .items.slice(0, 5)
    .flatMap(({ key }, i) => [
      call(`DELETE ${PODS}/${key.slice('pods/default/'.length)}?gracePeriodSeconds=0`),
      call(`POST ${PODS}`, { body: asks(`n${i}`, { requests: { cpu: '100m' } }) }),
      call(`POST ${PODS}`, { body: asks(`m${i}`, { requests: { cpu: '200m' } }) }),
    ]);
  await Promise.all(mixed);
  const left = store.list({ prefix: 'pods/' }).items.map(({ text }) => JSON.parse(text) as Pod);
  expect(left.length).toBeLessThanOrEqual(10);
  const cpu = left.reduce(
    (sum, { spec }) => sum + Number.parseInt(spec?.containers[0]?.resources?.requests?.cpu ?? '', 10),
    0,
  );
  expect(await used()).toEqual({ pods: String(left.length), 'requests.cpu': cpu % 1000 ? `${cpu}m` : `${cpu / 1000}` });
});

test('the usage that many writes together change is written once, and the quota is counted from it', async () => {
  const { call, used, set, store } = await quotaApi({ pods: '40', configmaps: '30' });
  await set();
  await call(`POST ${PODS}`, { body: pod('first') });
  const { revision } = store;
  const maps = Array.from({ length: 12 }, (_, i) => call(`POST ${MAPS}`, { body: configMap(`m${i}`) }));
  const pods = ['a', 'b', 'c', 'a'].map((name) => call(`POST ${PODS}`, { body: pod(name) }));
  const all = await Promise.all([...maps, ...pods, call(`DELETE ${PODS}/first?gracePeriodSeconds=0`)]);
  expect(all.slice(12).map(({ status }) => status)).toEqual([201, 201, 201, 409, 200]);
  expect(await used()).toEqual({ pods: '3', configmaps: '12' });
  expect(store.log({ after: revision, limit: 99, prefixes: ['resourcequotas/'] })).toHaveLength(1);
});

test('a quota that is made, raised or narrowed together with writes misses none of them', async () => {
  const { call, used, set } = await quotaApi({ pods: '3' });
  const post = (name: string) => call(`POST ${PODS}`, { body: pod(name) });
  await Promise.all([post('a'), set(), post('b')]);
  expect(await used()).toEqual({ pods: '2' });
  const raise = call(`PATCH ${QUOTAS}/q`, {
    headers: MERGE,
    body: { spec: { hard: { pods: '5', 'count/pods': '9' } } },
  });
  await Promise.all([post('c'), raise, post('d')]);
  expect(await used()).toEqual({ pods: '4', 'count/pods': '4' });
  await Promise.all([call(`DELETE ${QUOTAS}/q`), post('e'), post('f')]);
  expect((await post('g')).status).toBe(201);
});

test('containers must say what a quota of cpu or memory counts', async () => {
  const { refused, create, used, set } = await quotaApi({ 'limits.cpu': '2', 'requests.memory': '1Gi' });
  await set();
  expect(await refused(`POST ${PODS}`, asks('a', { limits: { cpu: '1' } }))).toEqual([
    403,
    'pods "a" is forbidden: failed quota: q: must specify requests.memory for: c',
  ]);
  expect(await refused(`POST ${PODS}`, pod('b'))).toEqual([
    403,
    'pods "b" is forbidden: failed quota: q: must specify limits.cpu for: main; requests.memory for: main',
  ]);
  await create(PODS, asks('c', { limits: { cpu: '1500m', memory: '512Mi' } }));
  expect(await used()).toEqual({ 'limits.cpu': '1500m', 'requests.memory': '512Mi' });
  expect(await refused(`POST ${PODS}`, asks('d', { limits: { cpu: '1', memory: '1Gi' } }))).toEqual([
    403,
    'pods "d" is forbidden: exceeded quota: q, requested: limits.cpu=1,requests.memory=1Gi, used: limits.cpu=1500m,requests.memory=512Mi, limited: limits.cpu=2,requests.memory=1Gi',
  ]);
});

test('scopes choose pods, and a pod can change its scope', async () => {
  const { create, call, used, set } = await quotaApi({ pods: '1' }, { scopes: ['Terminating'] });
  await set();
  await create(PODS, pod('long'));
  expect(await used()).toEqual({ pods: '0' });
  await create(PODS, pod('short', { spec: { activeDeadlineSeconds: 60 } }));
  expect(await used()).toEqual({ pods: '1' });
  const shorten = () => call(`PATCH ${PODS}/long`, { headers: MERGE, body: { spec: { activeDeadlineSeconds: 9 } } });
  expect((await shorten()).body.message).toBe(
    'pods "long" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  );
  await call(`DELETE ${PODS}/short?gracePeriodSeconds=0`);
  expect((await shorten()).status).toBe(200);
  expect(await used()).toEqual({ pods: '1' });
});

test('services and claims are charged for what they become', async () => {
  const { create, call, used, refused, set } = await quotaApi({
    services: '3',
    'services.nodeports': '1',
    'services.loadbalancers': '1',
    'requests.storage': '10Gi',
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
  });
  await set();
  const ports = [{ port: 80 }];
  await create(SERVICES, { metadata: { name: 's' }, spec: { ports } });
  await call(`PATCH ${SERVICES}/s`, { headers: MERGE, body: { spec: { type: 'NodePort' } } });
  expect(await refused(`POST ${SERVICES}`, { metadata: { name: 't' }, spec: { type: 'NodePort', ports } })).toEqual([
    403,
    'services "t" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
  ]);
  await call(`PATCH ${SERVICES}/s`, { headers: MERGE, body: { spec: { type: 'ClusterIP' } } });
  const claim = (name: string, storage: string) => ({
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gold', resources: { requests: { storage } } },
  });
  await create(CLAIMS, claim('a', '4Gi'));
  expect(await refused(`POST ${CLAIMS}`, claim('b', '1Gi'))).toEqual([
    403,
    'persistentvolumeclaims "b" is forbidden: exceeded quota: q, requested: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1, used: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1, limited: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1',
  ]);
  expect(await used()).toEqual({
    // The one called kubernetes is there from the start.
    services: '2',
    'services.nodeports': '0',
    'services.loadbalancers': '0',
    'requests.storage': '4Gi',
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
  });
});

test('a status that clients wrote counts until it is counted anew', async () => {
  const { create, call, used, refused, set } = await quotaApi({ pods: '5' });
  await set();
  await call(`PATCH ${QUOTAS}/q/status`, { headers: MERGE, body: { status: { used: null } } });
  expect(await refused(`POST ${PODS}`, pod('a'))).toEqual([
    403,
    'pods "a" is forbidden: status unknown for quota: q, resources: pods',
  ]);
  await call(`PATCH ${QUOTAS}/q/status`, {
    headers: MERGE,
    body: { status: { hard: { pods: '9' }, used: { pods: '7' } } },
  });
  await create(PODS, pod('a'));
  expect(await used()).toEqual({ pods: '8' });
  await call(`PATCH ${QUOTAS}/q`, { headers: MERGE, body: { spec: { hard: { pods: '6' } } } });
  expect(await used()).toEqual({ pods: '1' });
});

test('a pod that should be gone uses nothing once it is counted anew, and is not given back twice', async () => {
  const { create, call, used, set, clock } = await quotaApi({ pods: '5', 'count/pods': '9' });
  await create('/api/v1/nodes', { metadata: { name: 'n' } });
  await create(PODS, pod('a', { spec: { nodeName: 'n' } }));
  await create(PODS, pod('b'));
  await set();
  await call(`DELETE ${PODS}/a`);
  expect(await used()).toEqual({ pods: '2', 'count/pods': '2' });
  clock.time += 120_000;
  await call(`PATCH ${QUOTAS}/q`, { headers: MERGE, body: { spec: { hard: { pods: '6' } } } });
  expect(await used()).toEqual({ pods: '1', 'count/pods': '2' });
  await call(`DELETE ${PODS}/a?gracePeriodSeconds=0`);
  expect(await used()).toEqual({ pods: '1', 'count/pods': '1' });
});

const HARD = {
  'count/pods': '1000',
  pods: '6',
  'requests.cpu': '3',
  'limits.memory': '2Gi',
  services: '4',
  'services.nodeports': '3',
  persistentvolumeclaims: '3',
  'requests.storage': '9Gi',
  configmaps: '4',
};

const name = fc.constantFrom('a', 'b', 'c', 'd');
const cpu = fc.constantFrom('0', '250m', '1');
const step = fc.oneof(
  fc.record({ do: fc.constant('pod'), name, cpu, memory: fc.constantFrom('64Mi', '1Gi') }),
  fc.record({ do: fc.constant('service'), name, type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer') }),
  fc.record({ do: fc.constant('retype'), name, type: fc.constantFrom('ClusterIP', 'NodePort') }),
  fc.record({ do: fc.constant('claim'), name, storage: fc.constantFrom('1Gi', '5Gi') }),
  fc.record({ do: fc.constant('map'), name }),
  fc.record({ do: fc.constant('end'), name, phase: fc.constantFrom('Running', 'Failed') }),
  fc.record({ do: fc.constant('delete'), name, path: fc.constantFrom(PODS, SERVICES, CLAIMS, MAPS) }),
);
type Step = { do: string; name: string } & Partial<
  Record<'cpu' | 'memory' | 'type' | 'storage' | 'phase' | 'path', string>
>;

function requestOf(one: Step): [line: string, body?: object] {
  const { name, cpu, memory, type, storage, phase, path } = one;
  const ports = [{ port: 80 }, { port: 81 }].map((port, i) => ({ ...port, name: `p${i}` }));
  switch (one.do) {
    case 'pod':
      return [`POST ${PODS}`, asks(name, { requests: { cpu, memory }, limits: { cpu, memory } })];
    case 'service':
      return [`POST ${SERVICES}`, { metadata: { name }, spec: { type, ports } }];
    case 'retype':
      return [`PATCH ${SERVICES}/${name}`, { spec: { type } }];
    case 'claim':
      return [
        `POST ${CLAIMS}`,
        { metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } },
      ];
    case 'map':
      return [`POST ${MAPS}`, configMap(name)];
    case 'end':
      return [`PATCH ${PODS}/${name}/status`, { status: { phase } }];
    default:
      return [`DELETE ${path}/${name}?gracePeriodSeconds=0`];
  }
}

test('after any concurrent writes, the usage is that of the stored objects, and within the quota', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), async (batches) => {
      const { call, used, set, reported } = await quotaApi(HARD);
      await set();
      for (const batch of batches) {
        await Promise.all(
          batch.map((one) => {
            const [line, body] = requestOf(one as Step);
            return call(line, { body, headers: line.startsWith('PATCH') ? MERGE : {} });
          }),
        );
      }
      const kept = await used();
      // A quota of other words is counted anew.
      await call(`PATCH ${QUOTAS}/q`, { headers: MERGE, body: { spec: { hard: { 'count/secrets': '1' } } } });
      const { 'count/secrets': _, ...counted } = (await used()) ?? {};
      expect(kept).toEqual(counted);
      expect(reported).toEqual([]);
      for (const [name, text] of Object.entries(HARD)) {
        const [most, is] = [text, kept?.[name] ?? ''].map((one) => parseQuantity(one)?.nano ?? 0n);
        expect(is).toBeLessThanOrEqual(most ?? 0n);
      }
    }),
    { numRuns: 6 },
  );
});
