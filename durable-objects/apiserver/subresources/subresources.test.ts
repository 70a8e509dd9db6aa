import { expect, test } from 'vitest';
import type { Deployment, Pod, PodDisruptionBudget } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { DEPLOYMENTS, deployment, MERGE, node, PODS, pod, TABLE } from '../testing/objects.ts';

const to = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'web', ...metadata },
  target: { apiVersion: 'v1', kind: 'Node', name },
});

test('a binding assigns a pod once', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  await call(`PATCH ${PODS}/web/status`, { body: { status: { nominatedNodeName: 'n0' } }, headers: MERGE });
  const bound = await call(`POST ${PODS}/web/binding`, { body: to('n1', { annotations: { a: 'b' } }) });
  expect([bound.status, bound.body]).toEqual([
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  ]);
  const { spec, status, metadata } = (await call<Pod>(`GET ${PODS}/web`)).body;
  expect([spec?.nodeName, metadata.annotations]).toEqual(['n1', { a: 'b' }]);
  expect(status?.nominatedNodeName).toBeUndefined();
  expect(status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' },
  ]);
  const again = await call('POST /api/v1/namespaces/default/bindings', { body: to('n2') });
  expect([again.status, again.body.message]).toEqual([
    409,
    'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "n1"',
  ]);
});

test('a binding of another pod of that name, of a pod on its way out, or to no node is refused', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web', { metadata: { finalizers: ['example.com/wait'] } }));
  const message = async (body: object) => (await call(`POST ${PODS}/web/binding`, { body })).body.message;
  expect(await message(to('n1', { uid: 'other' }))).toMatch(/Precondition failed: UID in precondition: other/);
  expect(await message(to(''))).toBe('Binding "web" is invalid: target.name: Required value');
  await call(`DELETE ${PODS}/web`);
  expect(await message(to('n1'))).toMatch(/pod web is being deleted, cannot be assigned to a host$/);
});

test('a binding and an eviction name their pod', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  const said = async (subresource: string, body: object) =>
    (await call(`POST ${PODS}/web/${subresource}`, { body })).body.message;
  for (const metadata of [{}, { name: 'other' }]) {
    expect(await said('binding', { metadata, target: { name: 'n1' } })).toBe(
      'name in URL does not match name in Binding object',
    );
    expect(await said('eviction', { metadata })).toBe('name in URL does not match name in Eviction object');
  }
});

test('scale reads and writes replicas as a Scale', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const scale = (await call(`GET ${DEPLOYMENTS}/web/scale`)).body;
  expect(scale).toMatchObject({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web' },
    spec: { replicas: 3 },
    status: { replicas: 0, selector: 'app=web' },
  });
  const table = await call<{ columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }>(
    `GET ${DEPLOYMENTS}/web/scale`,
    { headers: TABLE },
  );
  expect(table.body.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Desired', 'Available', 'Age']);
  expect(table.body.rows.map(({ cells }) => cells.slice(0, 3))).toEqual([['web', 3, 0]]);
  const put = await call(`PUT ${DEPLOYMENTS}/web/scale`, { body: { ...scale, spec: { replicas: 5 } } });
  expect([put.status, put.body]).toMatchObject([200, { kind: 'Scale', spec: { replicas: 5 } }]);
  const { spec, metadata } = (await call<Deployment>(`GET ${DEPLOYMENTS}/web`)).body;
  expect([spec?.replicas, metadata.generation]).toEqual([5, 2]);
  const stale = await call(`PUT ${DEPLOYMENTS}/web/scale`, { body: { ...scale, spec: { replicas: 6 } } });
  expect([stale.status, stale.body.reason]).toEqual([409, 'Conflict']);
  const none = await call<{ spec: object }>(`PATCH ${DEPLOYMENTS}/web/scale`, {
    body: { spec: { replicas: 0 } },
    headers: MERGE,
  });
  expect([none.status, none.body.spec]).toEqual([200, {}]);
  const negative = await call(`PATCH ${DEPLOYMENTS}/web/scale`, { body: { spec: { replicas: -1 } }, headers: MERGE });
  expect([negative.status, negative.body.message]).toEqual([
    422,
    'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test.each([
  [
    { spec: { replicas: 2 ** 40 } },
    422,
    /cannot unmarshal number 1099511627776 into Go struct field ScaleSpec\.spec\.replicas/,
  ],
  [{ spec: { replicas: 1.5 } }, 422, /cannot unmarshal number 1\.5 into/],
  [{ spec: { replicas: 'many' } }, 422, /cannot unmarshal string into/],
  [{ metadata: null }, 400, /undeterminable: name must be provided/],
  [{ metadata: { name: 'other' } }, 400, /does not match the name on the URL/],
])('a scale patched with %j is no Scale any more', async (body, code, message) => {
  const { call, create, reported } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const reply = await call(`PATCH ${DEPLOYMENTS}/web/scale`, { body, headers: MERGE });
  expect([reply.status, reported]).toEqual([code, []]);
  expect(reply.body.message).toMatch(message);
  expect((await call<Deployment>(`GET ${DEPLOYMENTS}/web`)).body.spec?.replicas).toBe(3);
});

test('fields that a Scale does not have are told of, or refused', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const body = { metadata: { name: 'web' }, spec: { replicas: 2, size: 1 } };
  const put = await call(`PUT ${DEPLOYMENTS}/web/scale`, { body });
  expect([put.status, put.headers.warning]).toEqual([200, '299 - "unknown field \\"spec.size\\""']);
  const strict = await call(`PATCH ${DEPLOYMENTS}/web/scale?fieldValidation=Strict`, { body, headers: MERGE });
  expect([strict.status, strict.body.message?.includes('strict decoding error: unknown field')]).toEqual([422, true]);
});

test('an eviction deletes, with what the delete was asked to heed', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'web' },
    deleteOptions: { gracePeriodSeconds: 5 },
  };
  const { status, body: answer } = await call(`POST ${PODS}/web/eviction`, { body });
  expect([status, answer.status]).toEqual([201, 'Success']);
  expect((await call<Pod>(`GET ${PODS}/web`)).body.metadata.deletionGracePeriodSeconds).toBe(5);
});

test('a disruption budget lets as many running pods go as it has disruptions left', async () => {
  const { call, create } = await testApi();
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const patch = (path: string, status: object) => call(`PATCH ${path}/status`, { body: { status }, headers: MERGE });
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (const name of ['a', 'b', 'c']) {
    await create(PODS, pod(name, { metadata: { name, labels: { app: 'web' } }, spec: { nodeName: 'n1' } }));
    if (name !== 'c') await patch(`${PODS}/${name}`, ready);
  }
  await create(budgets, {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
  });
  const evict = async (name: string) => {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    const { status, body: answer } = await call<{ details?: { causes: { message: string }[] } }>(
      `POST ${PODS}/${name}/eviction`,
      { body },
    );
    return [status, answer.details?.causes[0]?.message];
  };
  expect(await evict('a')).toEqual([429, 'The disruption budget web is still being processed by the server.']);
  await patch(`${budgets}/web`, { observedGeneration: 1, disruptionsAllowed: 1, desiredHealthy: 1, currentHealthy: 2 });
  const other = { metadata: { name: 'a' }, deleteOptions: { preconditions: { uid: 'another' } } };
  const twice = { observedGeneration: 1, disruptionsAllowed: 2, desiredHealthy: 1, currentHealthy: 2 };
  await patch(`${budgets}/web`, twice);
  expect((await call(`POST ${PODS}/a/eviction`, { body: other })).status).toBe(409);
  expect((await call<PodDisruptionBudget>(`GET ${budgets}/web`)).body.status?.disruptionsAllowed).toBe(1);
  expect(await evict('a')).toEqual([201, undefined]);
  expect(await evict('b')).toEqual([429, 'The disruption budget web does not allow evicting pods currently']);
  expect(await evict('c')).toEqual([201, undefined]);
  const { status } = (await call<PodDisruptionBudget>(`GET ${budgets}/web`)).body;
  expect([status?.disruptionsAllowed, Object.keys(status?.disruptedPods ?? {})]).toEqual([0, ['a']]);
});

test.each([
  [
    `GET ${PODS}/two/log`,
    'a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]',
  ],
  [`GET ${PODS}/two/log?container=c`, 'container c is not valid for pod two'],
  [`POST ${PODS}/two/exec?container=a&command=sh&stdout=1`, 'pod two does not have a host assigned'],
  [`GET ${PODS}/bound/log?sinceTime=x`, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  [
    `GET ${PODS}/bound/log?tailLines=-1`,
    'PodLogOptions "bound" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    `GET ${PODS}/simulated/log`,
    'logs: pod simulated is on the simulated node sim-0, which runs no containers. Join a machine (islet token create --print-join-command) to run them',
  ],
])('%s is refused with the reason', async (line, message) => {
  const { call, create } = await testApi();
  await create('/api/v1/nodes', node('sim-0', { 'islet.dev/simulated': 'true' }));
  const containers = ['a', 'b'].map((name) => ({ name, image: 'x' }));
  await create(PODS, pod('two', { spec: { containers, initContainers: [{ name: 'i', image: 'x' }] } }));
  await create(PODS, pod('bound', { spec: { nodeName: 'n1' } }));
  await create(PODS, pod('simulated', { spec: { nodeName: 'sim-0' } }));
  expect((await call(line)).body.message).toBe(message);
});

test('logs and exec of a pod on a machine are answered as a stream', async () => {
  const { send, create } = await testApi();
  await create('/api/v1/nodes', node('n1'));
  const { metadata } = await create<Pod>(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const where = { node: 'n1', namespace: 'default', pod: 'web', podUID: metadata.uid, container: 'main' };
  expect(await send(`GET ${PODS}/web/log?follow=true&tailLines=10`)).toEqual({
    type: 'stream',
    stream: { kind: 'logs', ...where, options: { follow: true, previous: false, timestamps: false, tailLines: 10 } },
  });
  expect(await send(`GET ${PODS}/web/exec?command=sh&command=-c&stdin=true&stdout=true&tty=true`)).toEqual({
    type: 'stream',
    stream: { kind: 'exec', ...where, command: ['sh', '-c'], stdin: true, stdout: true, stderr: false, tty: true },
  });
});

test('subresources that are not built say so', async () => {
  const { call } = await testApi();
  const { status, body } = await call('POST /api/v1/namespaces/default/serviceaccounts/default/token', { body: {} });
  expect([status, body.reason]).toEqual([501, 'NotImplemented']);
});
