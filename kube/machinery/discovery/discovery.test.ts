import { expect, test } from 'vitest';
import { groupPriority } from '../../kinds/apiregistration/local.ts';
import { customKinds } from '../../kinds/custom/custom-kind.ts';
import { defineKind } from '../../kinds/define.ts';
import { kinds } from '../../kinds/index.ts';
import { aggregatedForm, answerDiscovery } from './index.ts';

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

function read(path: string, accept?: string): { isAggregated?: boolean; body: Record<string, unknown> } {
  const answer = answerDiscovery(kinds, path, accept);
  return {
    isAggregated: answer?.isAggregated,
    body: answer ? (JSON.parse(answer.body) as Record<string, unknown>) : {},
  };
}

test('the resources of a group version carry verbs, short names and subresources, sorted', () => {
  const { resources } = read('/apis/apps/v1').body as { resources: { name: string }[] };
  const names = resources.map((resource) => resource.name);
  expect(names).toEqual([...names].sort());
  expect(resources.filter((resource) => resource.name.startsWith('deployments'))).toEqual([
    {
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      storageVersionHash: '8aSe+NMegvE=',
    },
    {
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    },
    {
      name: 'deployments/status',
      singularName: '',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['get', 'patch', 'update'],
    },
  ]);
});

/** The hashes are those of kube-apiserver 1.36.3. */
test.each([
  ['/api/v1', 'pods', 'xPOwRZ+Yhw8='],
  ['/apis/events.k8s.io/v1', 'events', 'r2yiGXH7wu8='],
  ['/apis/autoscaling/v1', 'horizontalpodautoscalers', 'qwQve8ut294='],
  ['/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions', 'jfWCUB31mvA='],
  ['/apis/admissionregistration.k8s.io/v1', 'mutatingadmissionpolicies', 'LYmCf+UMVdg='],
  ['/api/v1', 'componentstatuses', undefined],
  ['/apis/authorization.k8s.io/v1', 'subjectaccessreviews', undefined],
])('%s says in which version %s are stored', (path, name, storageVersionHash) => {
  const { resources } = read(path).body as { resources: { name: string; storageVersionHash?: string }[] };
  expect(resources.find((resource) => resource.name === name)?.storageVersionHash).toBe(storageVersionHash);
});

test('kubectl’s Accept header gets the aggregated form, all others the plain one', () => {
  const aggregated = read('/apis', AGGREGATED);
  expect(aggregated.isAggregated).toBe(true);
  const items = aggregated.body.items as { metadata: { name: string }; versions: { resources: unknown[] }[] }[];
  const plain = read('/apis', 'application/json').body.groups as { name: string }[];
  expect(items.map((item) => item.metadata.name)).toEqual(plain.map((group) => group.name));
  expect(items.find((item) => item.metadata.name === 'apps')?.versions[0]?.resources).toContainEqual(
    expect.objectContaining({
      resource: 'deployments',
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      subresources: [
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'status',
          responseKind: { group: '', version: '', kind: 'Deployment' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    }),
  );
  expect(read('/api', 'application/json, */*').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
});

test('the aggregated form is v2 alone, whatever its weight, and not of a path with a slash at its end', () => {
  const [v2 = '', beta = ''] = AGGREGATED.split(',');
  const kindAt = (path: string, accept: string) => read(path, accept).body.kind;
  expect(kindAt('/apis', `${beta},application/json`)).toBe('APIGroupList');
  expect(kindAt('/apis', `${beta},${v2}`)).toBe('APIGroupDiscoveryList');
  expect(kindAt('/apis', `${v2};q=0.1,application/json;q=0.9`)).toBe('APIGroupDiscoveryList');
  expect(kindAt('/apis/', AGGREGATED)).toBe('APIGroupList');
  expect(kindAt('/api/', AGGREGATED)).toBe('APIGroupDiscoveryList');
});

test('the newest stable version of a group is preferred', () => {
  expect(read('/apis/autoscaling').body).toMatchObject({
    kind: 'APIGroup',
    name: 'autoscaling',
    preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
  });
});

test.each(['/apis/nothing', '/apis/apps/v9', '/api/v2', '/apis/apps/v1/deployments', '/version', '/apis//apps'])(
  'nothing is discovered at %s',
  (path) => {
    expect(answerDiscovery(kinds, path, undefined)).toBeUndefined();
  },
);

test('a custom kind has its verbs in its handler’s order, and a hash where the version that stores it is served', () => {
  const version = (name: string, served: boolean, storage: boolean) => ({
    name,
    served,
    storage,
    schema: { openAPIV3Schema: { type: 'object' } },
  });
  const names = { plural: 'widgets', kind: 'Widget' };
  const entry = (isServed: boolean) => {
    const versions = [version('v1', true, false), version('v2', isServed, true)];
    const custom = customKinds({ group: 'example.com', scope: 'Namespaced', names, versions });
    const answer = answerDiscovery([...kinds, ...custom], '/apis/example.com/v1', undefined);
    return JSON.parse(answer?.body ?? '').resources[0];
  };
  expect(entry(true).verbs.slice(0, 6)).toEqual(['delete', 'deletecollection', 'get', 'list', 'patch', 'create']);
  expect([entry(true).storageVersionHash, entry(false).storageVersionHash]).toEqual([expect.any(String), undefined]);
});

test('the legacy group is listed without the version of the list, and groups come by their priority', () => {
  expect(read('/api/v1').body).not.toHaveProperty('apiVersion');
  expect(read('/apis/apps/v1').body.apiVersion).toBe('v1');
  const { groups } = read('/apis').body as { groups: { name: string }[] };
  const priorities = groups.map(({ name }) => groupPriority(name)).slice(0, -1);
  expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
});

test('custom resources list their verbs in an order of their own, and the aggregated form tells their group', () => {
  const widget = defineKind({
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    scope: 'Namespaced',
    support: 'acted-on',
    columns: [],
    subresources: { status: true },
  });
  const custom = [{ ...widget, schema: { type: 'any' as const }, custom: {} as NonNullable<typeof widget.custom> }];
  const plain = JSON.parse(answerDiscovery(custom, '/apis/example.com/v1', undefined)?.body ?? '');
  const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
  expect(plain.resources[0]).toMatchObject({ name: 'widgets', verbs });
  expect(plain.resources[0]).not.toHaveProperty('group');
  const { items } = JSON.parse(answerDiscovery(custom, '/apis', AGGREGATED)?.body ?? '');
  const responseKind = { group: 'example.com', version: 'v1', kind: 'Widget' };
  expect(items).toMatchObject([
    {
      metadata: { name: 'example.com' },
      versions: [{ resources: [{ responseKind, verbs, subresources: [{ responseKind }] }] }],
    },
  ]);
  expect(items[0].metadata).toEqual({ name: 'example.com' });
});

const FORM = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

test.each([
  [undefined, undefined],
  ['application/json', undefined],
  [`application/json, application/json${FORM}`, 'application/json'],
  [`application/json${FORM};q=0.1, application/yaml`, 'application/json'],
  [`application/json${FORM};q=0.1, application/yaml${FORM}`, 'application/yaml'],
  [`application/vnd.kubernetes.protobuf${FORM}`, 'application/vnd.kubernetes.protobuf'],
  [`*/*${FORM}`, 'application/json'],
  [`application/cbor${FORM}`, undefined],
  [`application/json${FORM.replace('v2', 'v2beta1')}`, undefined],
  [`application/json${FORM};sv=v1`, undefined],
  ['application/json;as=APIGroupDiscoveryList', undefined],
])('Accept: %s asks for the aggregated form in %s', (accept, type) => {
  expect(aggregatedForm(accept)?.type).toBe(type);
});
