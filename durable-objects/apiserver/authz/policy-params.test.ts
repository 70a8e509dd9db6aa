import { expect, test } from 'vitest';
import { grant } from '../testing/grant.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE } from '../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ROOT}/mutatingadmissionpolicies`;
const BINDINGS = `${ROOT}/mutatingadmissionpolicybindings`;
const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
const user = { name: 'eve', groups: ['system:authenticated'] };
const policy = {
  metadata: { name: 'p' },
  spec: {
    paramKind: { apiVersion: 'v1', kind: 'Secret' },
    matchConstraints: { resourceRules: [RULE] },
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
    reinvocationPolicy: 'Never',
  },
};
const binding = (paramRef: object) => ({
  metadata: { name: 'b' },
  spec: { policyName: 'p', paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } },
});

async function withEve() {
  const api = await testApi();
  await grant(api, 'eve', [
    { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['create', 'update', 'patch'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
  ]);
  const write = (line: string, body: object) =>
    api.call(line, { user, body, headers: line.startsWith('PATCH') ? MERGE : {} });
  return { ...api, write };
}
const EVE = 'user &{eve  [system:authenticated] map[]}';

test('a policy whose parameters its author may not read is refused in upstream’s words', async () => {
  const { write, create } = await withEve();
  const refused = await write(`POST ${POLICIES}`, policy);
  expect([refused.status, refused.body.message]).toEqual([
    422,
    `MutatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.paramKind: Forbidden: ${EVE} must have "get" permission on all objects of the referenced paramKind (kind=Secret, apiVersion=v1)`,
  ]);
  await create(POLICIES, policy);
  expect((await write(`PATCH ${POLICIES}/p`, { metadata: { labels: { a: 'b' } } })).status).toBe(200);
  const allowed = await write(`PATCH ${POLICIES}/p`, { spec: { paramKind: { kind: 'ConfigMap' } } });
  expect(allowed.status).toBe(200);
});

test('a binding to an object that its author may not read is refused, and to one that it may is not', async () => {
  const { write, create, call } = await withEve();
  const unknown = await write(`POST ${BINDINGS}`, binding({ name: 's' }));
  expect(unknown.body.message).toContain(`spec.paramRef: Forbidden: unable to get policy p to determine minimum`);
  await create(POLICIES, policy);
  const secret = await write(`POST ${BINDINGS}`, binding({ name: 's', namespace: 'default' }));
  expect(secret.body.message).toContain(`${EVE} does not have "get" permission on the object referenced by paramRef`);
  await call(`PATCH ${POLICIES}/p`, { headers: MERGE, body: { spec: { paramKind: { kind: 'ConfigMap' } } } });
  expect((await write(`POST ${BINDINGS}`, binding({ selector: {} }))).body.message).toContain('"list" permission');
  expect((await write(`POST ${BINDINGS}`, binding({ name: 's', namespace: 'default' }))).status).toBe(201);
});
