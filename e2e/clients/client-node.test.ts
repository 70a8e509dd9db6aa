/** Programs written in TypeScript with the published client library, on `islet/testing`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  ListWatch,
  loadYaml,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  type V1Pod,
  type V1Status,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;
beforeAll(async () => {
  cluster = await startCluster();
  config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
});
afterAll(() => cluster?.stop());

const namespace = 'default';
const MAPS = `/api/v1/namespaces/${namespace}/configmaps`;

function createMap(name: string, labels: Record<string, string> = {}): Promise<V1ConfigMap> {
  return core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels }, data: { a: '1' } } });
}

/** The Status that a call is refused with. */
async function refused(call: Promise<unknown>): Promise<Partial<V1Status>> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiException);
  const { code, body } = error as ApiException<string>;
  const status = JSON.parse(body) as V1Status;
  expect(status).toMatchObject({ kind: 'Status', code });
  return status;
}

test('a kubeconfig is loaded from a file, and names the user and the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'islet-client-node-'));
  try {
    await writeFile(join(folder, 'config'), cluster.kubeconfig);
    const loaded = new KubeConfig();
    loaded.loadFromFile(join(folder, 'config'));
    expect(loaded.getCurrentCluster()?.server).toBe(cluster.server);
    expect(await loaded.makeApiClient(VersionApi).getCode()).toMatchObject({ major: '1', minor: '36' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('lists come whole, in pages, and by selector', async () => {
  for (let i = 0; i < 5; i++) await createMap(`list-${i}`, { set: 'list', odd: String(i % 2) });
  const query = { namespace, labelSelector: 'set=list', limit: 2 };
  const names: string[] = [];
  let pages = 0;
  let _continue: string | undefined;
  do {
    const page = await core.listNamespacedConfigMap({ ...query, _continue });
    names.push(...page.items.map(({ metadata }) => metadata?.name ?? ''));
    _continue = page.metadata?._continue;
    pages++;
  } while (_continue);
  expect([names, pages]).toEqual([['list-0', 'list-1', 'list-2', 'list-3', 'list-4'], 3]);
  const odd = await core.listNamespacedConfigMap({ namespace, labelSelector: 'set=list,odd in (1)' });
  expect(odd.items).toHaveLength(2);
  const one = await core.listConfigMapForAllNamespaces({ fieldSelector: 'metadata.name=list-3' });
  expect(one.items.map(({ data }) => data)).toEqual([{ a: '1' }]);
});

test('the types of patch do what each is for', async () => {
  await createMap('patched', { x: 'y' });
  const patch = (type: PatchStrategy, body: object) =>
    core.patchNamespacedConfigMap({ name: 'patched', namespace, body }, setHeaderOptions('Content-Type', type));
  await patch(PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/json', value: 'yes' }]);
  await patch(PatchStrategy.MergePatch, { data: { a: null, merge: 'yes' } });
  const { data, metadata } = await patch(PatchStrategy.StrategicMergePatch, { metadata: { labels: { z: 'w' } } });
  expect([data, metadata?.labels]).toEqual([
    { json: 'yes', merge: 'yes' },
    { x: 'y', z: 'w' },
  ]);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { own: 'yes' } };
  const applied = await core.patchNamespacedConfigMap(
    { name: 'patched', namespace, fieldManager: 'node', body: map },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  );
  expect([applied.data, applied.metadata?.managedFields?.map(({ operation }) => operation)]).toEqual([
    { json: 'yes', merge: 'yes', own: 'yes' },
    ['Apply', 'Update'],
  ]);
  expect(await refused(patch(PatchStrategy.JsonPatch, [{ op: 'remove', path: '/nothing' }]))).toMatchObject({
    code: 422,
    reason: 'Invalid',
  });
});

test('errors are Statuses', async () => {
  await createMap('once');
  expect(await refused(createMap('once'))).toMatchObject({ code: 409, reason: 'AlreadyExists' });
  expect(await refused(core.readNamespacedConfigMap({ name: 'nothing', namespace }))).toMatchObject({
    code: 404,
    message: 'configmaps "nothing" not found',
    details: { name: 'nothing', kind: 'configmaps' },
  });
  const stale = await core.readNamespacedConfigMap({ name: 'once', namespace });
  await core.replaceNamespacedConfigMap({ name: 'once', namespace, body: { ...stale, data: { a: '2' } } });
  const again = core.replaceNamespacedConfigMap({ name: 'once', namespace, body: stale });
  expect(await refused(again)).toMatchObject({ code: 409, reason: 'Conflict' });
});

test('manifests are applied by the object API, whatever their kind, and run', async () => {
  const objects = KubernetesObjectApi.makeApiClient(config);
  const deployment = loadYaml<V1Deployment>(`
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: default}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: nginx}]}`);
  const created = await objects.create(deployment);
  expect(created.spec?.strategy?.type).toBe('RollingUpdate');
  await vi.waitFor(async () => {
    const read = await objects.read<V1Deployment>({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
    });
    expect(read.status?.readyReplicas).toBe(2);
  }, 15_000);
  await objects.patch({ ...deployment, spec: { ...deployment.spec, replicas: 3 } } as V1Deployment);
  const scale = await config.makeApiClient(AppsV1Api).readNamespacedDeploymentScale({ name: 'web', namespace });
  expect(scale.spec?.replicas).toBe(3);
  const { items } = await objects.list<V1Pod>(
    'v1',
    'Pod',
    namespace,
    undefined,
    undefined,
    undefined,
    undefined,
    'app=web',
  );
  expect(items.length).toBeGreaterThanOrEqual(2);
  await objects.delete(deployment, undefined, undefined, undefined, undefined, 'Foreground');
  await vi.waitFor(async () => {
    const left = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
    expect(left.items).toEqual([]);
  }, 15_000);
  // The Deployment goes after its ReplicaSet, which goes after the last pod.
  await vi.waitFor(async () => {
    const read = objects.read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } });
    expect(await refused(read)).toMatchObject({ code: 404 });
  }, 15_000);
});

test('a watch tells of what happens after its revision, and ends when it is told to', async () => {
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  await createMap('watched');
  const seen: string[] = [];
  const query = {
    resourceVersion: metadata?.resourceVersion,
    fieldSelector: 'metadata.name=watched',
    timeoutSeconds: 2,
  };
  const ended = new Promise<unknown>((resolve, reject) => {
    const tell = (phase: string, object: V1ConfigMap) => seen.push(`${phase} ${object.data?.a}`);
    new Watch(config).watch(MAPS, query, tell, resolve).catch(reject);
  });
  await core.patchNamespacedConfigMap(
    { name: 'watched', namespace, body: { data: { a: '2' } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  await core.deleteNamespacedConfigMap({ name: 'watched', namespace });
  await ended;
  expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2']);
});

/** An informer's watch, which tells how it was asked. Its second one is answered as a revision too old is. */
class Forgetful extends Watch {
  readonly asked: unknown[] = [];

  override watch(...[path, query, event, done]: Parameters<Watch['watch']>): Promise<AbortController> {
    this.asked.push(query.resourceVersion);
    if (this.asked.length !== 2) return super.watch(path, { ...query, timeoutSeconds: 1 }, event, done);
    event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    setTimeout(done, 0, null);
    return Promise.resolve(new AbortController());
  }
}

test('an informer keeps up when its watch ends, and lists anew when its revision is gone', async () => {
  await createMap('informed-0', { set: 'informed' });
  const watch = new Forgetful(config);
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'set=informed' });
  const informer = new ListWatch<V1ConfigMap>(MAPS, watch, list, false, 'set=informed');
  const seen: string[] = [];
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata?.name}`));
  }
  informer.on('error', (error) => seen.push(`error ${error}`));
  await informer.start();
  await createMap('informed-1', { set: 'informed' });
  await vi.waitFor(() => expect(watch.asked.length).toBeGreaterThanOrEqual(4), 15_000);
  await createMap('informed-2', { set: 'informed' });
  await core.deleteNamespacedConfigMap({ name: 'informed-0', namespace });
  await vi.waitFor(() => expect(seen).toContain('delete informed-0'), 15_000);
  await informer.stop();
  expect(seen.filter((line) => line.startsWith('add'))).toEqual(['add informed-0', 'add informed-1', 'add informed-2']);
  expect(seen.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(informer.list(namespace).map(({ metadata }) => metadata?.name)).toEqual(['informed-1', 'informed-2']);
});

test('an informer of the library follows pods to their end', async () => {
  const informer = makeInformer<V1Pod>(config, `/api/v1/namespaces/${namespace}/pods`, () =>
    core.listNamespacedPod({ namespace }),
  );
  const phases = new Set<string>();
  let gone = false;
  informer.on('change', ({ status }) => phases.add(status?.phase ?? ''));
  informer.on('delete', () => (gone = true));
  await informer.start();
  const pod = { metadata: { name: 'followed' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  await core.createNamespacedPod({ namespace, body: pod });
  await vi.waitFor(() => expect([...phases]).toEqual(['Pending', 'Running']), 15_000);
  await core.deleteNamespacedPod({ name: 'followed', namespace });
  await vi.waitFor(() => expect(gone).toBe(true), 15_000);
  await informer.stop();
});

test('resources are also reached by group, version and plural', async () => {
  const custom = config.makeApiClient(CustomObjectsApi);
  const where = { group: 'apps', version: 'v1', namespace, plural: 'deployments' };
  expect(await custom.listNamespacedCustomObject(where)).toMatchObject({ kind: 'DeploymentList', items: [] });
});
