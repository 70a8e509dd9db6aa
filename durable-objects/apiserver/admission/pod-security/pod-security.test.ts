import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';
import { deployment, MERGE, pod } from '../../testing/objects.ts';

const NS = '/api/v1/namespaces';
const PODS = `${NS}/work/pods`;
const LABELS = 'pod-security.kubernetes.io/';

const ALL =
  'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

async function start(labels: Record<string, string>, exemptions = {}) {
  const api = await testApi({ podSecurityExemptions: exemptions });
  const label = (given: Record<string, string | null>) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [LABELS + name, value]));
  const namespace = { metadata: { name: 'work', labels: label(labels) } };
  await api.create(NS, namespace);
  await api.create(`${NS}/work/serviceaccounts`, { metadata: { name: 'default' } });
  const relabel = async (given: Record<string, string | null>, query = '') => {
    const { status, body, headers } = await api.call(`PATCH ${NS}/work${query}`, {
      headers: MERGE,
      body: { metadata: { labels: label(given) } },
    });
    return { status, message: body.message, warning: headers.warning };
  };
  return { ...api, relabel };
}

const safe = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'main',
      image: 'x',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

test('a pod that breaks what is enforced is refused, and a workload of such pods is warned of', async () => {
  const { call, create } = await start({ enforce: 'restricted' });
  const { status, body } = await call(`POST ${PODS}`, { body: pod('a') });
  expect([status, body.reason, body.message]).toEqual([
    403,
    'Forbidden',
    `pods "a" is forbidden: violates PodSecurity "restricted:latest": ${ALL}`,
  ]);
  await create(PODS, pod('b', { spec: safe }));
  const made = await call('POST /apis/apps/v1/namespaces/work/deployments', { body: deployment('web') });
  expect(made.status).toBe(201);
  expect(made.headers.warning).toContain('would violate PodSecurity \\"restricted:latest\\": allowPrivilegeEscalation');
  // An update that matters is looked at, any other is not.
  const image = (image: string) => ({ spec: { containers: [{ name: 'main', image }] } });
  const patch = (body: object) =>
    call(`PATCH ${PODS}/b`, { headers: { 'content-type': 'application/strategic-merge-patch+json' }, body });
  expect((await patch(image('y'))).status).toBe(200);
});

test('an older version has fewer rules, and a level of its own can be warned of', async () => {
  const { call } = await start({ enforce: 'restricted', 'enforce-version': 'v1.7', warn: 'baseline' });
  const body = pod('a', { spec: { hostNetwork: true, securityContext: { runAsNonRoot: true } } });
  expect((await call(`POST ${PODS}`, { body })).body.message).toBe(
    'pods "a" is forbidden: violates PodSecurity "restricted:v1.7": host namespaces (hostNetwork=true)',
  );
  const fine = await call(`POST ${PODS}`, { body: pod('b', { spec: { securityContext: { runAsNonRoot: true } } }) });
  expect([fine.status, fine.headers.warning]).toEqual([201, undefined]);
});

test('pods that are there stay, and are told of when their namespace becomes stricter', async () => {
  const { create, relabel, call } = await start({ enforce: 'privileged' });
  for (const name of ['c', 'a', 'b']) await create(PODS, pod(name, { spec: { hostPID: true } }));
  await create(PODS, pod('d', { spec: { hostNetwork: true } }));
  const warning = [
    '299 - "existing pods in namespace \\"work\\" violate the new PodSecurity enforce level \\"baseline:latest\\""',
    '299 - "a (and 2 other pods): host namespaces"',
  ];
  const tried = await relabel({ enforce: 'baseline' }, '?dryRun=All');
  expect([tried.status, tried.warning]).toEqual([200, `${warning[0]}, 299 - "a (and 3 other pods): host namespaces"`]);
  expect((await call(`POST ${PODS}?dryRun=All`, { body: pod('e', { spec: { hostPID: true } }) })).status).toBe(201);
  await relabel({ enforce: 'baseline' });
  expect((await call(`POST ${PODS}`, { body: pod('e', { spec: { hostPID: true } }) })).status).toBe(403);
  // A level that is not stricter warns of nothing again.
  expect((await relabel({ enforce: 'privileged' })).warning).toBeUndefined();
});

test('labels that ask for no such policy are refused, and what was wrong before may stay', async () => {
  const { relabel } = await start({ enforce: 'baseline' });
  expect(await relabel({ enforce: 'strict', 'warn-version': '1.2' })).toMatchObject({
    status: 422,
    message:
      'Namespace "work" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.2": must be "latest" or "v1.x"]',
  });
});

test('users, namespaces and runtime classes can be exempt', async () => {
  const { call, create, relabel } = await start(
    { enforce: 'restricted' },
    { usernames: ['jane'], runtimeClasses: ['vm'] },
  );
  await create('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'vm' }, handler: 'kata' });
  const post = (name: string, spec: object, user?: { name: string; groups: string[] }) =>
    call(`POST ${PODS}`, { body: pod(name, { spec }), ...(user ? { user } : {}) });
  expect((await post('a', { runtimeClassName: 'vm' })).status).toBe(201);
  expect((await post('b', {}, { name: 'jane', groups: ['system:masters'] })).status).toBe(201);
  expect((await post('c', {})).status).toBe(403);
  expect((await relabel({ enforce: 'restricted', 'enforce-version': 'v1.20' })).warning).toContain('b: allowPriv');
  const all = await start({ enforce: 'privileged' }, { namespaces: ['work'] });
  expect((await all.relabel({ enforce: 'restricted' })).warning).toBe(
    '299 - "namespace \\"work\\" is exempt from Pod Security, and the policy (enforce=restricted:latest) will be ignored"',
  );
  expect((await all.call(`POST ${PODS}`, { body: pod('a', { spec: { hostPID: true } }) })).status).toBe(201);
});

/** As upstream's `test/integration/auth/podsecurity_test.go` reads them. */
test('evaluations and exemptions are among the metrics before there is any', async () => {
  const { call } = await testApi();
  const { text } = await call('GET /metrics');
  expect(text.match(/^pod_security_.*$/gm)).toEqual([
    'pod_security_evaluations_total{decision="allow",mode="enforce",policy_level="privileged",policy_version="latest",request_operation="create",resource="pod",subresource=""} 0',
    'pod_security_evaluations_total{decision="allow",mode="enforce",policy_level="privileged",policy_version="latest",request_operation="update",resource="pod",subresource=""} 0',
    'pod_security_exemptions_total{request_operation="create",resource="controller",subresource=""} 0',
    'pod_security_exemptions_total{request_operation="create",resource="pod",subresource=""} 0',
    'pod_security_exemptions_total{request_operation="update",resource="controller",subresource=""} 0',
    'pod_security_exemptions_total{request_operation="update",resource="pod",subresource=""} 0',
  ]);
});
