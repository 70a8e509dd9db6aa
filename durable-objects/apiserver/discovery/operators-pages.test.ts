import { expect, test } from 'vitest';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { grant } from '../testing/grant.ts';
import { START, testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

const JANE = { name: 'jane', groups: ['system:authenticated'] };
const DUMP = '/debug/api_priority_and_fairness';

test('health is listed by upstream’s checks, each of which has a path', async () => {
  const { call } = await testApi();
  const ready = (await call('GET /readyz?verbose')).text.split('\n');
  expect(ready.slice(0, 5)).toEqual([
    '[+]ping ok',
    '[+]log ok',
    '[+]etcd ok',
    '[+]etcd-readiness ok',
    '[+]informer-sync ok',
  ]);
  expect(ready.slice(-3)).toEqual(['[+]shutdown ok', 'readyz check passed', '']);
  expect((await call('GET /livez?verbose')).text).not.toContain('[+]informer-sync ok');
  expect(await call('GET /livez')).toMatchObject({
    status: 200,
    text: 'ok',
    headers: { 'x-content-type-options': 'nosniff' },
  });
  expect(await call('GET /livez/poststarthook/rbac/bootstrap-roles')).toMatchObject({ status: 200, text: 'ok' });
  expect(await call('GET /livez/nothing')).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect((await call('GET /livez?verbose&exclude=etcd&exclude=foo')).text).toMatch(
    /^\[\+\]etcd excluded: ok$[\s\S]*^warn: some health checks cannot be excluded: no matches for "foo"\nlivez check passed\n$/m,
  );
});

test('a storage that cannot be read is a failed check', async () => {
  const { call, store } = await testApi();
  const { get } = store;
  store.get = (key) => {
    if (key === keyOf('namespaces', '', 'default')) throw new Error('no disk');
    return get.call(store, key);
  };
  const { status, text } = await call('GET /readyz');
  expect([status, text]).toEqual([500, expect.stringContaining('[-]etcd failed: reason withheld\n')]);
  expect(text).toMatch(/readyz check failed\n$/);
  expect(await call('GET /livez/etcd')).toMatchObject({ status: 500, text: 'internal server error: no disk\n' });
  expect(
    (await call('GET /readyz?exclude=etcd&exclude=etcd-readiness&exclude=poststarthook/storage-readiness')).status,
  ).toBe(200);
  expect((await call('GET /metrics/slis')).text).toContain('kubernetes_healthcheck{name="etcd",type="livez"} 0\n');
});

test('levels, queues and requests are dumped in upstream’s columns, for those who may see them', async () => {
  const api = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  const { call, send, create } = api;
  await grant(api, 'jane', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  await create(MAPS, configMap('a'));
  await call('DELETE /metrics');
  const list = await send(`GET ${MAPS}`, { user: JANE });
  const waiting = call(`GET ${MAPS}/a`, { user: JANE });
  const levels = (await call(`GET ${DUMP}/dump_priority_levels`)).text.split('\n');
  expect(levels[0]).toBe(
    'PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests',
  );
  const row = levels.find((line) => line.startsWith('global-default,')) ?? '';
  expect(row).toMatch(/^global-default, {4}1, {12}false, {2}false, {7}1, {15}1, {17}1, {18}0, {16}0, {16}0$/);
  const queues = (await call(`GET ${DUMP}/dump_queues`)).text.split('\n');
  expect(queues).toHaveLength(3);
  expect(queues[1]).toMatch(/^global-default, +0, +1, +1, +1, +0\.00000000ss, +1, +1, +0\.00000000ss$/);
  const requests = (await call(`GET ${DUMP}/dump_requests?includeRequestDetails=1`)).text;
  expect(requests).toMatch(
    /^global-default, +global-default, +0, +0, +jane, +2026-01-02T03:04:05Z, 1, +0, +0s, +0001-01-01T00:00:00Z, jane, +get, .*configmaps\/a, .*configmaps, *$/m,
  );
  expect(requests).toMatch(/^global-default, +global-default, +-1, +-1, +jane, .* list, /m);
  expect((await call(`GET ${DUMP}/nothing`)).status).toBe(404);
  expect((await call(`GET ${DUMP}/dump_queues`, { user: { name: 'jim', groups: [] } })).status).toBe(403);
  const metrics = (await call('GET /metrics')).text;
  const flow = '{flow_schema="global-default",priority_level="global-default"}';
  expect(metrics).toContain(`apiserver_flowcontrol_current_executing_requests${flow} 1\n`);
  expect(metrics).toContain(`apiserver_flowcontrol_current_inqueue_requests${flow} 1\n`);
  expect(metrics).toContain('apiserver_flowcontrol_nominal_limit_seats{priority_level="workload-low"} 1\n');
  if (list.type === 'response') expect([...list.body]).not.toEqual([]);
  expect((await waiting).status).toBe(200);
  const after = (await call('GET /metrics')).text;
  expect(after).toContain(`apiserver_flowcontrol_dispatched_requests_total${flow} 2\n`);
  expect(after).toContain(
    'apiserver_flowcontrol_request_wait_duration_seconds_count{execute="true",flow_schema="global-default",priority_level="global-default"} 1\n',
  );
});

test('a refused request is counted with its reason', async () => {
  const api = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  const { call, send } = api;
  await grant(api, 'jane', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  const list = await send(`GET ${MAPS}`, { user: JANE });
  const waiting = Array.from({ length: 50 }, () => call(`GET ${MAPS}/a`, { user: JANE }));
  expect((await call(`GET ${MAPS}/a`, { user: JANE })).status).toBe(429);
  const { text } = await call('GET /metrics');
  expect(text).toContain(
    'apiserver_flowcontrol_rejected_requests_total{flow_schema="global-default",priority_level="global-default",reason="queue-full"} 1\n',
  );
  expect(text).toMatch(/^apiserver_request_total\{code="429",component="apiserver",.*resource="configmaps".*\} 1$/m);
  if (list.type === 'response') expect([...list.body]).not.toEqual([]);
  await Promise.all(waiting);
});

test('statusz and flagz are text, or the object whose type is named', async () => {
  const { call, clock } = await testApi();
  clock.time = START + 3_723_000;
  const { headers, text } = await call('GET /statusz');
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text).toContain('\nStarted: Fri Jan 02 03:04:05 UTC 2026\nUp: 1 hr 02 min 03 sec\n');
  const accept = (kind: string) => ({ headers: { accept: `application/json;v=v1alpha1;g=config.k8s.io;as=${kind}` } });
  expect(await call('GET /flagz', accept('Flagz'))).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json;g=config.k8s.io;v=v1alpha1;as=Flagz' },
    body: { kind: 'Flagz', flags: { 'authorization-mode': '[Node,RBAC]', 'max-requests-inflight': '400' } },
  });
  expect(await call('GET /flagz', accept('Statusz'))).toMatchObject({
    status: 406,
    body: { message: 'only the following media types are accepted: application/json, application/yaml, text/plain' },
  });
  for (const path of ['/configz', '/logs', '/metrics/resources/x'])
    expect((await call(`GET ${path}`)).status).toBe(404);
});

test('the version is told to whom an administrator acts as, with the flow of that user', async () => {
  const { call } = await testApi();
  const { status, body, headers } = await call('GET /version', { headers: { 'impersonate-user': 'jane' } });
  expect([status, body]).toMatchObject([200, { gitVersion: expect.stringMatching(/^v1\.36\./) }]);
  expect(headers['x-kubernetes-pf-prioritylevel-uid']).toEqual(expect.any(String));
  expect((await call('GET /version', { user: JANE, headers: { 'impersonate-user': 'jim' } })).status).toBe(403);
});
