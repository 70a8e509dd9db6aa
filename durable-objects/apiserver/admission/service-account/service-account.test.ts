import { expect, test } from 'vitest';
import type { Pod } from '../../../../kube/types.ts';
import { testApi } from '../../testing/harness.ts';
import { PODS, pod } from '../../testing/objects.ts';

test('a pod waits a moment for the default service account of a new namespace, and then fails', async () => {
  const waits: number[] = [];
  let arrive: (() => Promise<unknown>) | undefined;
  const { call, create } = await testApi({
    async sleep(ms) {
      waits.push(ms);
      if (waits.length === 3) await arrive?.();
    },
  });
  await create('/api/v1/namespaces', { metadata: { name: 'new' } });
  const path = '/api/v1/namespaces/new/pods';
  const refused = await call(`POST ${path}`, { body: pod('web') });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'pods "web" is forbidden: error looking up service account new/default: serviceaccount "default" not found',
  ]);
  const unnamed = await call(`POST ${path}`, { body: { ...pod(''), metadata: {} } });
  expect(unnamed.body.message).toMatch(/^pods "Unknown" is forbidden: error looking up service account new\/default/);
  // Upstream generates the name after the plugins that change objects, so that their refusals tell of none.
  const toBeNamed = await call(`POST ${path}`, { body: { ...pod(''), metadata: { generateName: 'web-' } } });
  expect(toBeNamed.body.message).toMatch(/^pods "web-" is forbidden: error looking up service account new\/default/);
  waits.length = 0;
  arrive = () => create('/api/v1/namespaces/new/serviceaccounts', { metadata: { name: 'default' } });
  expect((await call(`POST ${path}`, { body: pod('web') })).status).toBe(201);
  expect(waits).toHaveLength(3);
});

const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

async function podOf(account: object, spec: object, automount?: boolean) {
  const api = await testApi();
  await api.create(ACCOUNTS, { metadata: { name: 'robot' }, automountServiceAccountToken: automount, ...account });
  const made = await api.create<Pod>(PODS, pod('web', { spec: { serviceAccountName: 'robot', ...spec } }));
  return made.spec;
}

test("a pod finds its account's token, the roots and its namespace in a volume of every container", async () => {
  const images = { initContainers: [{ name: 'init', image: 'x' }] };
  const spec = await podOf({}, images);
  const name = spec?.volumes?.[0]?.name ?? '';
  expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  expect(spec?.volumes).toEqual([
    {
      name,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: 0o644,
      },
    },
  ]);
  for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    expect(container.volumeMounts).toEqual([{ name, readOnly: true, mountPath: MOUNT }]);
  }
});

test.each([
  ['the account says no', false, {}, 0],
  ['the pod says yes where its account says no', false, { automountServiceAccountToken: true }, 1],
  ['the pod says no', undefined, { automountServiceAccountToken: false }, 0],
])('%s to the volume', async (_, account, spec, volumes) => {
  expect((await podOf({}, spec, account))?.volumes ?? []).toHaveLength(volumes);
});

test('a volume of the name is taken, and a mount at the path left alone', async () => {
  const own = { name: 'kube-api-access-own', emptyDir: {} };
  const [taken] = (await podOf({}, { volumes: [own] }))?.containers ?? [];
  expect(taken?.volumeMounts).toEqual([{ name: own.name, readOnly: true, mountPath: MOUNT }]);
  const volumeMounts = [{ name: 'mine', mountPath: MOUNT }];
  const containers = [{ name: 'main', image: 'x', volumeMounts }];
  const spec = await podOf({}, { volumes: [{ name: 'mine', emptyDir: {} }], containers });
  expect([spec?.volumes, spec?.containers[0]?.volumeMounts]).toEqual([[{ name: 'mine', emptyDir: {} }], volumeMounts]);
});

test('pull secrets of the account are those of a pod that names none', async () => {
  const account = { imagePullSecrets: [{ name: 'registry' }] };
  expect((await podOf(account, {}))?.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect((await podOf(account, { imagePullSecrets: [{ name: 'own' }] }))?.imagePullSecrets).toEqual([{ name: 'own' }]);
});

const env = (name: string) => ({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'k' } } }] });
const SUFFIX = 'is not allowed because service account robot does not reference that secret';

test.each<[object, string]>([
  [{ volumes: [{ name: 'v', secret: { secretName: 'x' } }] }, `volume with secret.secretName="x" ${SUFFIX}`],
  [
    { containers: [{ name: 'c', image: 'x', ...env('x') }] },
    `container c with envVar A referencing secret.secretName="x" ${SUFFIX}`,
  ],
  [
    { initContainers: [{ name: 'i', image: 'x', envFrom: [{ secretRef: { name: 'x' } }] }] },
    `init container i with envFrom referencing secret.secretName="x" ${SUFFIX}`,
  ],
  [
    { imagePullSecrets: [{ name: 'x' }] },
    'imagePullSecrets[0].name="x" is not allowed because service account robot does not reference that imagePullSecret',
  ],
])('an account that enforces its Secrets refuses %j', async (spec, why) => {
  const { call, create } = await testApi();
  const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
  await create(ACCOUNTS, { metadata: { name: 'robot', annotations }, secrets: [{ name: 'own' }] });
  const make = (name: string, more: object) =>
    call(`POST ${PODS}`, { body: pod(name, { spec: { serviceAccountName: 'robot', ...more } }) });
  const { status, body } = await make('web', spec);
  expect([status, body.message]).toEqual([403, `pods "web" is forbidden: ${why}`]);
  expect((await make('good', { containers: [{ name: 'c', image: 'x', ...env('own') }] })).status).toBe(201);
});

test('an account of a name that no path has is told as upstream tells it', async () => {
  const { call } = await testApi();
  const { body } = await call(`POST ${PODS}`, { body: pod('web', { spec: { serviceAccountName: 'a/b%' } }) });
  expect(body.message).toBe(
    'pods "web" is forbidden: error looking up service account default/a/b%: invalid resource name "a/b%": [may not contain \'/\' may not contain \'%\']',
  );
});
