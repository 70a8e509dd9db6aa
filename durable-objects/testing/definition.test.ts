/** A CustomResourceDefinition serves its kind from its create on, and takes its objects with it. */
import { expect, test } from 'vitest';
import type { CustomResourceDefinition } from '../../kube/kinds/apiextensions/types.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { TestCluster } from './cluster.ts';
import { WIDGET_SPEC, WIDGETS, WIDGETS_CRD, type Widget, widget, widgetDefinition } from './widgets.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MERGE = 'application/merge-patch+json';

async function started(): Promise<TestCluster> {
  return TestCluster.start({ simulatedNodes: 0 });
}

const shown = (conditions: CustomResourceDefinition['status']) =>
  (conditions?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

test('a kind is served once its definition is created, and established a moment later', async () => {
  const cluster = await started();
  const created = await cluster.must<CustomResourceDefinition>(`POST ${CRDS}`, widgetDefinition());
  expect(created.status).toEqual({
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: ['v1'],
  });
  expect(created.spec.names).toMatchObject({ singular: 'widget', listKind: 'WidgetList' });
  expect(created.spec.conversion).toEqual({ strategy: 'None' });
  const made = await cluster.must<Widget>(`POST ${WIDGETS}`, widget('a', { color: 'red' }));
  expect(made.spec).toEqual({ color: 'red', size: 3 });
  await cluster.settle();
  const established = await cluster.must<CustomResourceDefinition>(`GET ${CRDS}/${WIDGETS_CRD}`);
  expect(shown(established.status)).toEqual([
    'NamesAccepted=True NoConflicts',
    'Established=True InitialNamesAccepted',
  ]);
  expect(established.status?.acceptedNames).toEqual({
    plural: 'widgets',
    singular: 'widget',
    kind: 'Widget',
    listKind: 'WidgetList',
    shortNames: ['wd'],
    categories: ['all'],
  });
  expect(cluster.reported).toEqual([]);
});

test('objects are judged by the schema, in the words of upstream', async () => {
  const cluster = await started();
  const properties = {
    spec: {
      type: 'object',
      required: ['color'],
      properties: {
        color: { type: 'string', pattern: '^[a-z]+$', maxLength: 6 },
        size: { type: 'integer', minimum: 1, default: 3 },
        kind: { type: 'string', enum: ['round', 'square'] },
      },
    },
  };
  const versions = [{ ...WIDGET_SPEC.versions[0], schema: { openAPIV3Schema: { type: 'object', properties } } }];
  await cluster.must(`POST ${CRDS}`, widgetDefinition({ versions }));
  const refused = await cluster.send<{ message: string }>(
    `POST ${WIDGETS}`,
    widget('a', { color: 'RED', size: 0, kind: 'flat' } as never),
  );
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Widget.example.com "a" is invalid: [spec.color: Invalid value: "RED": spec.color in body should match \'^[a-z]+$\', spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1, spec.kind: Unsupported value: "flat": supported values: "round", "square"]',
  ]);
  const other = await cluster.send<{ message: string }>(`POST ${WIDGETS}`, { ...widget('a'), kind: 'Gadget' });
  expect([other.status, other.body.message]).toEqual([
    422,
    'Gadget.example.com "a" is invalid: kind: Invalid value: "Gadget": must be Widget',
  ]);
  const made = await cluster.must<Widget>(`POST ${WIDGETS}`, widget('b', { color: 'red' }));
  const renamed = await cluster.send<{ message: string }>(`PUT ${WIDGETS}/b`, { ...made, kind: 'Gadget' });
  expect([renamed.status, renamed.body.message]).toEqual([
    422,
    'Gadget.example.com "b" is invalid: kind: Invalid value: "Gadget": must be Widget',
  ]);
  const strict = await cluster.send<{ message: string }>(
    `POST ${WIDGETS}?fieldValidation=Strict`,
    widget('a', { color: 'red', colour: 'red' } as never),
  );
  expect([strict.status, strict.body.message]).toEqual([
    400,
    'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.colour"',
  ]);
});

test('a value that a new schema makes invalid may stay while an update leaves it unchanged', async () => {
  const cluster = await started();
  await cluster.must(`POST ${CRDS}`, widgetDefinition());
  await cluster.must(`POST ${WIDGETS}`, widget('a', { color: 'RED' }));
  await cluster.settle();
  const properties = {
    spec: {
      type: 'object',
      properties: {
        color: { type: 'string', pattern: '^[a-z]+$' },
        size: { type: 'integer' },
        added: { type: 'string', default: 'x' },
      },
    },
  };
  const versions = [{ ...WIDGET_SPEC.versions[0], schema: { openAPIV3Schema: { type: 'object', properties } } }];
  await cluster.must(`PATCH ${CRDS}/${WIDGETS_CRD}`, { spec: { versions } }, MERGE);
  expect((await cluster.must<Widget>(`GET ${WIDGETS}/a`)).spec).toEqual({ color: 'RED', size: 3, added: 'x' });
  const kept = await cluster.must<Widget>(`PATCH ${WIDGETS}/a`, { spec: { size: 4 } }, MERGE);
  expect(kept.spec).toEqual({ color: 'RED', size: 4, added: 'x' });
  const changed = await cluster.send(`PATCH ${WIDGETS}/a`, { spec: { color: 'BLUE' } }, MERGE);
  expect(changed.status).toBe(422);
});

test('a definition that is deleted takes its objects with it, and waits for their finalizers', async () => {
  const cluster = await started();
  await cluster.must(`POST ${CRDS}`, widgetDefinition());
  await cluster.settle();
  await cluster.must(`POST ${WIDGETS}`, widget('a'));
  await cluster.must(`POST ${WIDGETS}`, widget('held', {}, { finalizers: ['example.com/hold'] }));
  const gone = await cluster.must<CustomResourceDefinition>(`DELETE ${CRDS}/${WIDGETS_CRD}`);
  expect(gone.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  expect(shown(gone.status)).toContain('Terminating=True InstanceDeletionPending');
  expect(await cluster.send(`POST ${WIDGETS}`, widget('late'))).toMatchObject({ status: 403 });
  const { resources } = await cluster.must<{ resources: { verbs: string[] }[] }>('GET /apis/example.com/v1');
  expect(resources[0]?.verbs).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch']);
  await cluster.settle();
  const left = await cluster.list(WIDGETS);
  expect(left.map(({ metadata }: KubeObject) => metadata.name)).toEqual(['held']);
  const waiting = await cluster.must<CustomResourceDefinition>(`GET ${CRDS}/${WIDGETS_CRD}`);
  expect(shown(waiting.status)).toContain('Terminating=True InstanceDeletionInProgress');
  await cluster.must(`PATCH ${WIDGETS}/held`, { metadata: { finalizers: null } }, MERGE);
  await cluster.settle();
  expect((await cluster.send(`GET ${CRDS}/${WIDGETS_CRD}`)).status).toBe(404);
  expect((await cluster.send(`GET ${WIDGETS}`)).status).toBe(404);
  expect(cluster.reported).toEqual([]);
});

test('a definition that is deleted needs neither its conversion webhook nor those of admission, nor any policy', async () => {
  const cluster = await started();
  const away = { url: 'https://127.0.0.1:1/gone' };
  const [v1] = WIDGET_SPEC.versions;
  const versions = [v1, { ...v1, name: 'v2', storage: false }];
  const webhook = { conversionReviewVersions: ['v1'], clientConfig: away };
  await cluster.must(`POST ${CRDS}`, widgetDefinition({ versions, conversion: { strategy: 'Webhook', webhook } }));
  await cluster.settle();
  await cluster.must(`POST ${WIDGETS}`, widget('a'));
  const rule = { operations: ['DELETE'], apiGroups: ['example.com'], apiVersions: ['*'], resources: ['widgets'] };
  const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
  const hook = { name: 'gone.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None' };
  await cluster.must(`POST ${ADMISSION}/validatingwebhookconfigurations`, {
    metadata: { name: 'gone' },
    webhooks: [{ ...hook, clientConfig: away, rules: [rule] }],
  });
  await cluster.must(`POST ${ADMISSION}/validatingadmissionpolicies`, {
    metadata: { name: 'keep' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'false' }] },
  });
  await cluster.must(`POST ${ADMISSION}/validatingadmissionpolicybindings`, {
    metadata: { name: 'keep' },
    spec: { policyName: 'keep', validationActions: ['Deny'] },
  });
  expect((await cluster.send(`DELETE ${WIDGETS}/a`)).status).toBeGreaterThan(400);
  await cluster.must(`DELETE ${CRDS}/${WIDGETS_CRD}`);
  await cluster.settle();
  expect((await cluster.send(`GET ${CRDS}/${WIDGETS_CRD}`)).status).toBe(404);
});

test('a definition under the name of a built-in kind serves none of its objects, and takes none along', async () => {
  const cluster = await started();
  const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const before = await cluster.list(ROLES);
  const name = 'clusterroles.rbac.authorization.k8s.io';
  await cluster.must(`POST ${CRDS}`, {
    ...widgetDefinition({
      group: 'rbac.authorization.k8s.io',
      scope: 'Cluster',
      names: { plural: 'clusterroles', kind: 'ClusterRole' },
      versions: [{ ...WIDGET_SPEC.versions[0], name: 'v9' }],
    }),
    metadata: { name, annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } },
  });
  await cluster.settle();
  const other = '/apis/rbac.authorization.k8s.io/v9/clusterroles';
  const evil = { apiVersion: 'rbac.authorization.k8s.io/v9', kind: 'ClusterRole', metadata: { name: 'evil' } };
  expect((await cluster.send(`POST ${other}`, evil)).status).toBe(404);
  expect(await cluster.send(`GET ${other}`)).toMatchObject({
    status: 404,
    body: { message: 'the server could not find the requested resource' },
  });
  await cluster.must(`DELETE ${CRDS}/${name}`);
  await cluster.settle();
  expect((await cluster.send(`GET ${CRDS}/${name}`)).status).toBe(404);
  expect(await cluster.list(ROLES)).toEqual(before);
  expect(cluster.reported).toEqual([]);
});

test('two definitions of one group share no name; the second is served once the first is gone', async () => {
  const cluster = await started();
  await cluster.must(`POST ${CRDS}`, widgetDefinition());
  const names = { plural: 'gadgets', kind: 'Gadget', shortNames: ['wd'] };
  await cluster.must(`POST ${CRDS}`, { ...widgetDefinition({ names }), metadata: { name: 'gadgets.example.com' } });
  await cluster.settle();
  const second = await cluster.must<CustomResourceDefinition>(`GET ${CRDS}/gadgets.example.com`);
  expect(shown(second.status)).toEqual(['NamesAccepted=False ShortNamesConflict', 'Established=False NotAccepted']);
  expect((await cluster.send('GET /apis/example.com/v1/gadgets')).status).toBe(404);
  await cluster.must(`DELETE ${CRDS}/${WIDGETS_CRD}`);
  await cluster.settle();
  expect(await cluster.list('/apis/example.com/v1/gadgets')).toEqual([]);
});

test('definitions are known again after an eviction', async () => {
  const cluster = await started();
  await cluster.must(`POST ${CRDS}`, widgetDefinition());
  await cluster.must(`POST ${WIDGETS}`, widget('a', { color: 'red' }));
  await cluster.settle();
  cluster.evict();
  expect((await cluster.must<Widget>(`GET ${WIDGETS}/a`)).spec?.color).toBe('red');
  expect(cluster.reported).toEqual([]);
});

test.each<[string, object, string]>([
  [
    'no schema',
    { versions: [{ name: 'v1', served: true, storage: true }] },
    'spec.versions[0].schema.openAPIV3Schema: Required value',
  ],
  [
    'a schema that is not structural',
    {
      versions: [
        { ...WIDGET_SPEC.versions[0], schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } },
      ],
    },
    'spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
  ],
])('a definition with %s is refused', async (_, change, message) => {
  const cluster = await started();
  const refused = await cluster.send<{ message: string }>(`POST ${CRDS}`, widgetDefinition(change));
  expect([refused.status, refused.body.message]).toEqual([422, expect.stringContaining(message)]);
});

test('rules in CEL judge objects, old ones against new, and hold none that was wrong before and is unchanged', async () => {
  const cluster = await started();
  const spec = {
    type: 'object',
    properties: { size: { type: 'integer', maximum: 9 }, color: { type: 'string', maxLength: 9 } },
    'x-kubernetes-validations': [
      { rule: "self.size < 5 || self.color == 'big'", messageExpression: "'too large: %d'.format([self.size])" },
      { rule: '!has(oldSelf.color) || self.color == oldSelf.color', message: 'the color stays' },
    ],
  };
  const versions = [
    { ...WIDGET_SPEC.versions[0], schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } },
  ];
  await cluster.must(`POST ${CRDS}`, widgetDefinition({ versions }));
  const refused = await cluster.send<{ message: string }>(`POST ${WIDGETS}`, widget('a', { size: 7, color: 'red' }));
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Widget.example.com "a" is invalid: spec: Invalid value: too large: 7',
  ]);
  const wrong = await cluster.send<{ message: string }>(`POST ${WIDGETS}`, widget('a', { size: 'x' as never }));
  expect(wrong.body.message).toContain(
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid',
  );
  const nameless = await cluster.send<{ message: string }>(`POST ${WIDGETS}`, { ...widget('a', {}), metadata: {} });
  expect(nameless.body.message).toContain(
    '[metadata.name: Required value: name or generateName is required, <nil>: Invalid value: null: some validation rules',
  );
  await cluster.must(`POST ${WIDGETS}`, widget('a', { size: 7, color: 'big' }));
  const changed = await cluster.send<{ message: string }>(`PATCH ${WIDGETS}/a`, { spec: { color: 'red' } }, MERGE);
  expect(changed.body.message).toContain('spec: Invalid value: the color stays');
});

test('a rule that does not compile, or may cost too much, is refused with its definition', async () => {
  const cluster = await started();
  const refuse = async (rule: string) => {
    const items = { type: 'string', 'x-kubernetes-validations': [{ rule }] };
    const properties = { spec: { type: 'object', properties: { list: { type: 'array', items } } } };
    const versions = [{ ...WIDGET_SPEC.versions[0], schema: { openAPIV3Schema: { type: 'object', properties } } }];
    return (await cluster.send<{ message: string }>(`POST ${CRDS}`, widgetDefinition({ versions }))).body.message;
  };
  expect(await refuse('self.none == 1')).toContain('.x-kubernetes-validations[0].rule: Invalid value');
  expect(await refuse("self.contains('a') && self.matches('b.*c')")).toContain('exceeds budget by factor of');
});
