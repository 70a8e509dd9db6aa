/** Roles, bindings and questions that no one would write: no answer is a 500, and none takes long. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grant } from '../../testing/grant.ts';
import { testApi } from '../../testing/harness.ts';

const PATH = '/apis/rbac.authorization.k8s.io/v1';
const REVIEWS = '/apis/authorization.k8s.io/v1';
const JANE = { name: 'jane', groups: ['staff', 'system:authenticated'] };
const EVERYTHING = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

const text = fc.constantFrom('', '*', 'a', '*/a', 'jane', 'staff', '/', '..', 'Role', 'ClusterRole', 'constructor');
const texts = fc.oneof(fc.array(text, { maxLength: 3 }), fc.constant(null), fc.constant('x'), fc.constant({}));
const rule = fc.oneof(
  fc.record(
    { verbs: texts, apiGroups: texts, resources: texts, resourceNames: texts, nonResourceURLs: texts },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const subject = fc.oneof(
  fc.record({ kind: text, name: text, namespace: text, apiGroup: text }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 1 }),
);
const roleRef = fc.oneof(fc.record({ kind: text, name: text, apiGroup: text }, { requiredKeys: [] }), fc.jsonValue());
const policy = fc.record(
  {
    rules: fc.oneof(fc.array(rule, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })),
    aggregationRule: fc.jsonValue({ maxDepth: 3 }),
    roleRef,
    subjects: fc.oneof(fc.array(subject, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })),
  },
  { requiredKeys: [] },
);
const places = ['clusterroles', 'clusterrolebindings', 'namespaces/default/roles', 'namespaces/default/rolebindings'];

test('to delete an object by its name is no right to delete a collection, though a selector names that object', async () => {
  const api = await testApi();
  await grant(api, JANE.name, [
    { verbs: ['list', 'deletecollection'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'] },
  ]);
  const mine = '/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Dmine';
  expect((await api.call(`GET ${mine}`, { user: JANE })).status).toBe(200);
  const { status, body } = await api.call(`DELETE ${mine}`, { user: JANE });
  expect([status, body.message]).toEqual([
    403,
    'configmaps is forbidden: User "jane" cannot deletecollection resource "configmaps" in API group "" in the namespace "default"',
  ]);
});

test('any role or binding is stored or refused, and requests are still authorised afterwards', async () => {
  const api = await testApi();
  await grant(api, 'jane', EVERYTHING.slice(0, 1));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), policy, fc.boolean(), async (place, body, asJane) => {
      const user = asJane ? JANE : undefined;
      const made = await api.call(`POST ${PATH}/${place}`, {
        user,
        body: { ...body, metadata: { generateName: 'x-' } },
      });
      expect(made.status).toBeLessThan(500);
      expect(
        (await api.call('GET /api/v1/namespaces/default/secrets', { user: { ...JANE, name: 'a' } })).status,
      ).toBeLessThan(500);
      const rules = await api.call(`POST ${REVIEWS}/selfsubjectrulesreviews`, {
        user: JANE,
        body: { spec: { namespace: 'default' } },
      });
      expect(rules.status).toBe(201);
    }),
    { numRuns: 150 },
  );
  expect(api.reported).toEqual([]);
});

test('any access review is answered', async () => {
  const { call, reported } = await testApi();
  const kinds = ['subjectaccessreviews', 'selfsubjectaccessreviews', 'namespaces/default/localsubjectaccessreviews'];
  const selector = fc.record({ rawSelector: text, requirements: fc.jsonValue({ maxDepth: 3 }) }, { requiredKeys: [] });
  const resource = fc.record(
    { verb: text, resource: text, name: text, namespace: text, fieldSelector: selector, labelSelector: selector },
    { requiredKeys: [] },
  );
  const spec = fc.record(
    {
      user: text,
      groups: texts,
      extra: fc.jsonValue({ maxDepth: 2 }),
      resourceAttributes: resource,
      nonResourceAttributes: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...kinds), spec, async (kind, asked) => {
      expect((await call(`POST ${REVIEWS}/${kind}`, { body: { spec: asked } })).status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
  expect(reported).toEqual([]);
});

test('a rule of thousands of verbs and resources is not taken apart', async () => {
  const api = await testApi();
  const many = (prefix: string) => Array.from({ length: 4000 }, (_, index) => `${prefix}${index}`);
  const rules = [{ verbs: many('v'), apiGroups: [''], resources: many('r') }];
  await grant(api, 'jane', [{ verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'] }]);
  const create = (user: typeof JANE) =>
    api.call(`POST ${PATH}/clusterroles`, { user, body: { metadata: { name: 'x' }, rules } });
  const refused = await create(JANE);
  expect(refused.status).toBe(403);
  expect(refused.body.message).toContain('the rules stand for too many single rights');
  // A wildcard covers it as a whole.
  await grant(api, 'joe', EVERYTHING);
  expect((await create({ ...JANE, name: 'joe' })).status).toBe(201);
});

test('of more rules than fit into an answer some are listed, and it says so', async () => {
  const api = await testApi();
  const rules = Array.from({ length: 5000 }, (_, index) => ({
    verbs: ['get'],
    apiGroups: [''],
    resources: [`${'r'.repeat(100)}${index}`],
  }));
  await grant(api, 'jane', rules);
  const roleRef = { kind: 'ClusterRole', name: 'of-jane' };
  for (let index = 0; index < 10; index++) {
    const subjects = [{ kind: 'Group', name: 'staff' }];
    await api.create(`${PATH}/clusterrolebindings`, { metadata: { name: `b-${index}` }, roleRef, subjects });
  }
  const body = { spec: { namespace: 'default' } };
  const reply = await api.call<{ status: { incomplete: boolean; evaluationError?: string; resourceRules: unknown[] } }>(
    `POST ${REVIEWS}/selfsubjectrulesreviews`,
    { user: JANE, body },
  );
  const { incomplete, evaluationError, resourceRules } = reply.body.status;
  expect([incomplete, evaluationError]).toEqual([true, 'there are too many rules to list all of them']);
  expect(resourceRules.length).toBeGreaterThan(5000);
});
