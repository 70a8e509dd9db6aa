import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleAllows } from '../../../../kube/rbac/rules.ts';
import type { PolicyRule } from '../../../../kube/types.ts';
import { testApi } from '../../testing/harness.ts';
import { configMap, MAPS, MERGE } from '../../testing/objects.ts';
import { Grant } from './grant.ts';
import { GrantIndex } from './grant-index.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';

const some = (...values: string[]) => fc.subarray(values);
const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: some('get', 'list', '*'),
    apiGroups: some('', 'apps', '*'),
    resources: some('pods', 'pods/log', '*/log', '*'),
    resourceNames: fc.oneof(fc.constant(undefined), some('a', 'b', '')),
  }),
  fc.record({ verbs: some('get', '*'), nonResourceURLs: some('/a', '/a/*', '*') }),
  // More places than an index takes.
  fc.constant<PolicyRule>({
    verbs: ['get'],
    apiGroups: [''],
    resources: ['pods'],
    resourceNames: Array(1001).fill('b'),
  }),
);
const asked = fc.record({
  verb: fc.constantFrom('get', 'list', 'watch'),
  isResource: fc.boolean(),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'jobs'),
  subresource: fc.constantFrom('', 'log', 'exec'),
  name: fc.constantFrom('', 'a', 'b', 'c'),
  path: fc.constantFrom('/a', '/a/b', '/b'),
});

test('an index finds the grant that a look through all rules finds', () => {
  const roles = fc.array(fc.array(rule, { maxLength: 4 }), { minLength: 1, maxLength: 8 });
  const bound = fc.array(fc.nat(9), { maxLength: 12 });
  fc.assert(
    fc.property(roles, bound, asked, (lists, names, question) => {
      const grants = names.map(
        (role, at) =>
          new Grant(
            `clusterrolebindings.${GROUP}//b${at}`,
            { apiGroup: GROUP, kind: 'ClusterRole', name: `${role}` },
            {
              kind: 'User',
              name: 'u',
            },
          ),
      );
      const rulesOf = ({ roleRef }: Grant) => lists[Number(roleRef.name)];
      const index = new GrantIndex(grants, rulesOf);
      expect(index.allowing(question)).toBe(
        grants.find((grant) => rulesOf(grant)?.some((each) => ruleAllows(each, question))),
      );
      expect(index.broken).toEqual(grants.filter((grant) => !rulesOf(grant)));
    }),
    { numRuns: 300 },
  );
});

test('a change of a role or of a binding counts at once for a user with very many rules', async () => {
  const { call, create } = await testApi();
  const user = { name: 'many', groups: ['system:authenticated'] };
  const rules = (verb: string) => [
    ...Array.from({ length: 500 }, (_, n) => ({ verbs: ['get'], apiGroups: [`g${n}`], resources: ['things'] })),
    { verbs: [verb], apiGroups: [''], resources: ['configmaps'] },
  ];
  await create(MAPS, configMap('a'));
  await create(`${RBAC}/clusterroles`, { metadata: { name: 'many' }, rules: rules('list') });
  const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: 'many' };
  const subjects = [{ apiGroup: GROUP, kind: 'User', name: 'many' }];
  await create(`${RBAC}/clusterrolebindings`, { metadata: { name: 'many' }, roleRef, subjects });
  const status = async () => (await call(`GET ${MAPS}/a`, { user })).status;
  expect(await status()).toBe(403);
  const change = (path: string, body: object) => call(`PATCH ${RBAC}/${path}/many`, { headers: MERGE, body });
  await change('clusterroles', { rules: rules('get') });
  expect(await status()).toBe(200);
  await change('clusterrolebindings', { subjects: [{ ...subjects[0], name: 'other' }] });
  expect(await status()).toBe(403);
  await change('clusterrolebindings', { subjects });
  expect(await status()).toBe(200);
  await call(`DELETE ${RBAC}/clusterroles/many`);
  const gone = await call(`GET ${MAPS}/a`, { user });
  expect([gone.status, gone.body.message]).toEqual([403, expect.stringContaining('"many" not found')]);
});
