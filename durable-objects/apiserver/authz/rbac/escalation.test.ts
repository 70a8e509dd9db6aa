import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';

const PATH = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';
const JANE = { name: 'jane', groups: ['staff', 'system:authenticated'] };
const SECRETS = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
const ATTEMPT =
  'user "jane" (groups=["staff" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n';

/** Jane may write all roles and bindings, and has a few rights besides. */
async function setUp() {
  const { call, create } = await testApi();
  const rules = [
    { verbs: ['create', 'update', 'patch', 'get', 'delete'], apiGroups: [GROUP], resources: ['*'] },
    { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', '*/status'] },
    { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['a'] },
    { verbs: ['get'], nonResourceURLs: ['/x/*'] },
  ];
  await create(`${PATH}/clusterroles`, { metadata: { name: 'jane' }, rules });
  await create(`${PATH}/clusterrolebindings`, {
    metadata: { name: 'jane' },
    roleRef: { kind: 'ClusterRole', name: 'jane' },
    subjects: [{ kind: 'User', name: 'jane' }],
  });
  const as = async (user: typeof JANE | undefined, line: string, body: object) => {
    const headers = { 'content-type': line.startsWith('PATCH') ? 'application/merge-patch+json' : 'application/json' };
    const reply = await call(line, { user, headers, body });
    return reply.status < 300 ? reply.status : [reply.status, reply.body.message];
  };
  return { as, jane: (line: string, body: object) => as(JANE, line, body), create };
}

const role = (rules: unknown, more: object = {}) => ({ metadata: { name: 'x' }, rules, ...more });

test('a role may grant what its author has, and the refusal lists what it has not', async () => {
  const { jane } = await setUp();
  const create = (rules: object[]) => jane(`POST ${PATH}/clusterroles?dryRun=All`, role(rules));
  expect(await create([{ verbs: ['get'], apiGroups: [''], resources: ['pods', 'nodes/status'] }])).toBe(201);
  expect(await create([{ verbs: ['get'], nonResourceURLs: ['/x/y'] }])).toBe(201);
  expect(
    await create([
      {
        verbs: ['get', 'watch'],
        apiGroups: ['', 'apps'],
        resources: ['pods', 'deployments'],
        resourceNames: ['a', 'b'],
      },
      { verbs: ['get', 'post'], nonResourceURLs: ['/x/y', '/z'] },
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    ]),
  ).toEqual([
    403,
    `clusterroles.${GROUP} "x" is forbidden: ${ATTEMPT}${[
      '{APIGroups:[""], Resources:["deployments"], ResourceNames:["a"], Verbs:["get" "watch"]}',
      '{APIGroups:[""], Resources:["deployments"], ResourceNames:["b"], Verbs:["get" "watch"]}',
      '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["watch"]}',
      '{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["watch"]}',
      '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
      '{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["a"], Verbs:["watch"]}',
      '{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["b"], Verbs:["get" "watch"]}',
      '{APIGroups:["apps"], Resources:["pods"], ResourceNames:["a"], Verbs:["get" "watch"]}',
      '{APIGroups:["apps"], Resources:["pods"], ResourceNames:["b"], Verbs:["get" "watch"]}',
      '{NonResourceURLs:["/x/y"], Verbs:["post"]}',
      '{NonResourceURLs:["/z"], Verbs:["get"]}',
      '{NonResourceURLs:["/z"], Verbs:["post"]}',
    ].join('\n')}`,
  ]);
});

test('each way to write a role is guarded, and the parts that only let it go are not', async () => {
  const { jane, as } = await setUp();
  const secrets = '{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}';
  const refused = (name: string) => [403, `clusterroles.${GROUP} "${name}" is forbidden: ${ATTEMPT}${secrets}`];
  expect(await jane(`PUT ${PATH}/clusterroles/x`, role([SECRETS]))).toEqual(refused('x'));
  expect(await as(undefined, `POST ${PATH}/clusterroles`, role([]))).toBe(201);
  expect(await jane(`PUT ${PATH}/clusterroles/x`, role([SECRETS]))).toEqual(refused('x'));
  expect(await jane(`PATCH ${PATH}/clusterroles/x`, { rules: [SECRETS] })).toEqual(refused('x'));
  expect(await jane(`POST ${PATH}/namespaces/default/roles`, role([SECRETS]))).toEqual([
    403,
    `roles.${GROUP} "x" is forbidden: ${ATTEMPT}${secrets}`,
  ]);
  const admin = `${PATH}/clusterroles/cluster-admin`;
  expect(await jane(`PATCH ${admin}`, { metadata: { finalizers: ['a.b/c'] } })).toBe(200);
  expect(await jane(`PATCH ${admin}`, { metadata: { labels: { a: 'b' } } })).toMatchObject([403, expect.anything()]);
});

test('an aggregationRule may be written by those alone who have all rights, as it may select any role', async () => {
  const { jane, as } = await setUp();
  const gathers = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };
  const why = `clusterroles.${GROUP} "x" is forbidden: must have cluster-admin privileges to use the aggregationRule`;
  expect(await jane(`POST ${PATH}/clusterroles`, role(null, gathers))).toEqual([403, why]);
  expect(await as(undefined, `POST ${PATH}/clusterroles`, role(null, gathers))).toBe(201);
  expect(await jane(`PATCH ${PATH}/clusterroles/x`, { aggregationRule: null })).toEqual([403, why]);
  const admin = { name: 'islet:admin', groups: ['islet:cluster-admins'] };
  expect(await as(admin, `PATCH ${PATH}/clusterroles/x`, { aggregationRule: null })).toBe(200);
});

test('a binding asks for the rights of its role, or for the right to bind it', async () => {
  const { jane, create, as } = await setUp();
  const binding = (kind: string, name: string) => ({ metadata: { name: 'x' }, roleRef: { kind, name } });
  const clusterwide = (name: string) =>
    jane(`POST ${PATH}/clusterrolebindings?dryRun=All`, binding('ClusterRole', name));
  expect(await clusterwide('jane')).toBe(201);
  expect(await clusterwide('cluster-admin')).toEqual([
    403,
    `clusterrolebindings.${GROUP} "x" is forbidden: ${ATTEMPT}{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}`,
  ]);
  // Upstream's own words: it calls the role by the resource of the request.
  expect(await clusterwide('none')).toEqual([404, `clusterrolebindings.${GROUP} "none" not found`]);
  const local = `${PATH}/namespaces/default/rolebindings?dryRun=All`;
  expect(await jane(`POST ${local}`, binding('Foo', 'a'))).toMatchObject([422, expect.anything()]);
  const rules = [
    { verbs: ['bind'], apiGroups: [GROUP], resources: ['clusterroles'], resourceNames: ['cluster-admin'] },
  ];
  await create(`${PATH}/clusterroles`, { metadata: { name: 'binder' }, rules });
  const made = { ...binding('ClusterRole', 'binder'), subjects: [{ kind: 'Group', name: 'staff' }] };
  expect(await as(undefined, `POST ${PATH}/namespaces/default/rolebindings`, made)).toBe(201);
  expect(await jane(`POST ${local}`, { ...binding('ClusterRole', 'cluster-admin'), metadata: { name: 'y' } })).toBe(
    201,
  );
  expect(await clusterwide('cluster-admin')).toMatchObject([403, expect.anything()]);
});

test('the right to escalate a role lets any rule in', async () => {
  const { jane, create } = await setUp();
  const rules = [{ verbs: ['escalate'], apiGroups: [GROUP], resources: ['clusterroles'], resourceNames: ['x'] }];
  await create(`${PATH}/clusterroles`, { metadata: { name: 'escalator' }, rules });
  await create(`${PATH}/clusterrolebindings`, {
    metadata: { name: 'escalator' },
    roleRef: { kind: 'ClusterRole', name: 'escalator' },
    subjects: [{ kind: 'Group', name: 'staff' }],
  });
  expect(await jane(`PUT ${PATH}/clusterroles/x`, role([SECRETS]))).toBe(201);
  // The path of a create names none.
  const other = { ...role([SECRETS]), metadata: { name: 'y' } };
  expect(await jane(`POST ${PATH}/clusterroles`, other)).toMatchObject([403, expect.anything()]);
});

test('roles that are not there are told beside what is missing', async () => {
  const { jane, create } = await setUp();
  await create(`${PATH}/clusterrolebindings`, {
    metadata: { name: 'broken' },
    roleRef: { kind: 'ClusterRole', name: 'broken' },
    subjects: [{ kind: 'User', name: 'jane' }],
  });
  expect(await jane(`POST ${PATH}/namespaces/default/roles`, role([SECRETS]))).toEqual([
    403,
    `roles.${GROUP} "x" is forbidden: ${ATTEMPT}{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}; resolution errors: [roles.${GROUP} "broken" not found]`,
  ]);
});
