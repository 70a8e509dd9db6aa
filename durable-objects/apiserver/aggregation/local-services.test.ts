import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { type TestApi, testApi } from '../testing/harness.ts';
import { LocalApiServices } from './local-services.ts';

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';

interface Listed {
  items: { metadata: { name: string; labels: object; managedFields: object[] }; spec: object; status: object }[];
}

const names = async ({ call }: TestApi): Promise<string[]> =>
  (await call<Listed>(`GET ${PATH}`)).body.items.map(({ metadata }) => metadata.name);

test('the groups of the server are there once they are looked for, as kube-apiserver makes them', async () => {
  const api = await testApi();
  const before = api.store.revision;
  expect(await names(api)).toEqual([
    'v1.',
    'v1.admissionregistration.k8s.io',
    'v1.apiextensions.k8s.io',
    'v1.apps',
    'v1.authentication.k8s.io',
    'v1.authorization.k8s.io',
    'v1.autoscaling',
    'v1.batch',
    'v1.certificates.k8s.io',
    'v1.coordination.k8s.io',
    'v1.discovery.k8s.io',
    'v1.events.k8s.io',
    'v1.flowcontrol.apiserver.k8s.io',
    'v1.networking.k8s.io',
    'v1.node.k8s.io',
    'v1.policy',
    'v1.rbac.authorization.k8s.io',
    'v1.resource.k8s.io',
    'v1.scheduling.k8s.io',
    'v1.storage.k8s.io',
    'v1beta1.metrics.k8s.io',
    'v2.autoscaling',
  ]);
  const after = api.store.revision;
  expect(after - before).toBe(22);
  const { body } = await api.call(`GET ${PATH}/v1.apps`);
  expect(body).toMatchObject({
    metadata: {
      labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
      managedFields: [
        {
          manager: 'kube-apiserver',
          operation: 'Update',
          fieldsV1: {
            'f:metadata': { 'f:labels': { '.': {}, 'f:kube-aggregator.kubernetes.io/automanaged': {} } },
            'f:spec': { 'f:group': {}, 'f:groupPriorityMinimum': {}, 'f:version': {}, 'f:versionPriority': {} },
          },
        },
      ],
    },
    spec: { group: 'apps', groupPriorityMinimum: 17800, version: 'v1', versionPriority: 15 },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'Local',
          message: 'Local APIServices are always available',
          lastTransitionTime: '2026-01-02T03:04:05Z',
        },
      ],
    },
  });
  expect(api.store.revision).toBe(after);
});

test('APIServices of built-in groups may be changed and deleted, and are restored when the server starts anew', async () => {
  const notes = new Map<string, string>();
  const port = {
    read: (name: string) => notes.get(name),
    write: (name: string, value: string) => void notes.set(name, value),
    forget: (name: string) => void notes.delete(name),
  };
  const api = await testApi({ notes: port, build: 'one' });
  await names(api);
  expect((await api.call(`DELETE ${PATH}/v1.apps`)).status).toBe(200);
  expect(await names(api)).not.toContain('v1.apps');
  const patch = { body: { spec: { versionPriority: 7 } }, headers: { 'content-type': 'application/merge-patch+json' } };
  expect((await api.call(`PATCH ${PATH}/v1.batch`, patch)).body).toMatchObject({ spec: { versionPriority: 7 } });
  notes.set('api-services', 'another');
  const next = await testApi({ notes: port, build: 'two' });
  expect(await names(next)).toContain('v1.apps');
});

const widgets = (group: string, ...versions: string[]) =>
  customKinds({
    group,
    names: { plural: 'widgets', kind: 'Widget' },
    scope: 'Namespaced',
    versions: versions.map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: { type: 'object' } },
    })),
  } as Parameters<typeof customKinds>[0]);

test('APIServices of CustomResourceDefinitions come and go with these, and are restored when they are changed', async () => {
  const api = await testApi();
  api.kinds.onChange(() => api.api.kindsChanged());
  api.kinds.define('widgets.first.dev', widgets('first.dev', 'v1'));
  expect(await names(api)).toContain('v1.first.dev');
  api.kinds.define('widgets.example.dev', widgets('example.dev', 'v1', 'v2'));
  expect(await names(api)).toEqual(expect.arrayContaining(['v1.example.dev', 'v2.example.dev']));
  expect((await api.call(`GET ${PATH}/v2.example.dev`)).body).toMatchObject({
    metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
    spec: { group: 'example.dev', version: 'v2', groupPriorityMinimum: 1000, versionPriority: 100 },
    status: { conditions: [{ reason: 'Local' }] },
  });
  await api.call(`DELETE ${PATH}/v2.example.dev`);
  expect(await names(api)).toContain('v2.example.dev');
  const patch = { body: { spec: { versionPriority: 7 } }, headers: { 'content-type': 'application/merge-patch+json' } };
  await api.call(`PATCH ${PATH}/v2.example.dev`, patch);
  expect((await api.call(`GET ${PATH}/v2.example.dev`)).body).toMatchObject({ spec: { versionPriority: 100 } });
  api.kinds.remove('widgets.example.dev');
  expect(await names(api)).not.toContain('v1.example.dev');
  expect(api.reported).toEqual([]);
});

test('an APIService is refused in upstream’s words', async () => {
  const { call } = await testApi();
  const send = async (name: string, spec: object) =>
    (await call(`POST ${PATH}`, { body: { metadata: { name }, spec } })).body.message;
  expect(await send('v1.x', { group: 'y', version: 'v1', groupPriorityMinimum: 0, versionPriority: 1001 })).toBe(
    'APIService.apiregistration.k8s.io "v1.x" is invalid: [metadata.name: Invalid value: "v1.x": must be `spec.version+"."+spec.group`: "v1.y", spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000, spec.versionPriority: Invalid value: 1001: must be positive and less than 1000]',
  );
  const priorities = { groupPriorityMinimum: 1, versionPriority: 1 };
  expect(
    await send('v1.y', { group: 'y', version: 'v1', ...priorities, insecureSkipTLSVerify: true, caBundle: 'YWJj' }),
  ).toBe(
    'APIService.apiregistration.k8s.io "v1.y" is invalid: [spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle, spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify]',
  );
  expect(await send('v1.y', { group: 'y', version: 'v1', ...priorities, service: { port: 0 } })).toBe(
    'APIService.apiregistration.k8s.io "v1.y" is invalid: [spec.service.namespace: Required value, spec.service.name: Required value, spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive]',
  );
  expect(await send('v2.', { version: 'v2', ...priorities })).toBe(
    'APIService.apiregistration.k8s.io "v2." is invalid: spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
  );
});

test('an APIService that names a Service is not available before its first check', async () => {
  const { call, create } = await testApi();
  const spec = {
    group: 'y',
    version: 'v1',
    groupPriorityMinimum: 1,
    versionPriority: 1,
    service: { namespace: 'n', name: 's' },
  };
  const made = await create<{ spec: object; status: object }>(PATH, {
    metadata: { name: 'v1.y' },
    spec,
    status: { conditions: [{ type: 'Available', status: 'True' }] },
  });
  expect(made).toMatchObject({ spec: { service: { port: 443 } }, status: {} });
  const status = {
    body: { status: { conditions: [{ type: 'Available', status: 'maybe' }] } },
    headers: { 'content-type': 'application/merge-patch+json' },
  };
  expect((await call(`PATCH ${PATH}/v1.y/status`, status)).body.message).toBe(
    'APIService.apiregistration.k8s.io "v1.y" is invalid: status.conditions[0].status: Unsupported value: "maybe": supported values: "True", "False", "Unknown"',
  );
});

test('a built-in group whose APIService is deleted is served, and listed by aggregated discovery alone', async () => {
  const api = await testApi();
  const groups = async (accept?: string): Promise<string> =>
    (await api.call('GET /apis', accept === undefined ? {} : { headers: { accept } })).text;
  await names(api);
  for (const name of ['v1.apps', 'v2.autoscaling']) await api.call(`DELETE ${PATH}/${name}`);
  expect(await groups()).not.toMatch(/"name":"apps"|autoscaling\/v2/);
  expect(await groups()).toContain('"autoscaling/v1"');
  expect(await groups('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')).toContain('"apps"');
  expect((await api.call('GET /apis/apps')).body).toMatchObject({ kind: 'APIGroup', name: 'apps' });
  expect((await api.call('GET /apis/autoscaling')).text).not.toContain('v2');
  expect((await api.call('GET /apis/apps/v1/deployments')).status).toBe(200);
  const spec = { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 };
  await api.create(PATH, { metadata: { name: 'v1.apps' }, spec });
  expect(await groups()).toContain('"name":"apps"');
});

test('an APIService that could not be restored is restored when it is looked for again', async () => {
  const { api, store, kinds, call, clock } = await testApi();
  kinds.define('widgets.first.dev', widgets('first.dev', 'v1'));
  let fails = false;
  const problems: unknown[] = [];
  const services = new LocalApiServices({
    ...{ store, kinds, build: 'b', now: () => clock.time, uuid: () => 'u' },
    notes: { read: () => undefined, write() {}, forget() {} },
    api: { handle: (request) => (fails ? Promise.reject(new Error('no room')) : api.handle(request)) },
    report: (error) => problems.push(error),
  });
  await services.ready();
  const stored = () => store.get(keyOf('apiservices.apiregistration.k8s.io', '', 'v1.first.dev'));
  expect(stored()).toBeDefined();
  fails = true;
  await call(`DELETE ${PATH}/v1.first.dev`);
  await expect(services.ready()).rejects.toThrow('no room');
  expect([stored(), problems.length]).toEqual([undefined, 1]);
  fails = false;
  await services.ready();
  expect(stored()).toBeDefined();
});
