import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

const SECRETS = '/api/v1/namespaces/default/secrets';
const secret = (name: string) => ({ metadata: { name } });

test('requests are counted by verb, resource, scope and code, and their durations put into buckets', async () => {
  const { call, create } = await testApi();
  await create(SECRETS, secret('a'));
  await call(`GET ${SECRETS}/a`);
  await call(`GET ${SECRETS}/nothing`);
  await call(`GET ${SECRETS}?watch=0`);
  await call('GET /api/v1/secrets');
  await call(`POST ${SECRETS}?dryRun=All`, { body: secret('b') });
  await call('GET /api/v1/nothings');
  await call(`GET ${SECRETS}/a/x%22y`);
  const { text } = await call('GET /metrics');
  const lines = text.split('\n');
  const total = (code: number, labels: string, count: number) =>
    `apiserver_request_total{code="${code}",component="apiserver",${labels}} ${count}`;
  const labels = (verb: string, scope: string, dryRun = '') =>
    `dry_run="${dryRun}",group="",resource="secrets",scope="${scope}",subresource="",verb="${verb}",version="v1"`;
  expect(lines.filter((line) => line.startsWith('apiserver_request_total') && line.includes('secrets'))).toEqual([
    total(200, labels('LIST', 'cluster'), 1),
    total(200, labels('LIST', 'namespace'), 1),
    total(200, labels('GET', 'resource'), 1),
    total(201, labels('POST', 'resource'), 1),
    total(201, labels('POST', 'resource', 'All'), 1),
    total(404, labels('GET', 'resource'), 1),
  ]);
  expect(text).not.toContain('nothings');
  const name = 'apiserver_request_duration_seconds';
  expect(lines).toContain(`${name}_bucket{component="apiserver",${labels('GET', 'resource')},le="0.005"} 2`);
  expect(lines).toContain(`${name}_bucket{component="apiserver",${labels('GET', 'resource')},le="+Inf"} 2`);
  expect(lines).toContain(`${name}_count{component="apiserver",${labels('GET', 'resource')}} 2`);
  expect(lines).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1');
});

test('a request for which upstream has no route counts as none of its resource', async () => {
  const { call } = await testApi();
  const codes = [];
  for (const asked of [
    'GET /api/v1/namespaces/default/nodes',
    'GET /api/v1/pods/x',
    'GET /api/v1/namespaces/default/pods/x/none',
    'PUT /api/v1/namespaces/default/pods',
    'DELETE /api/v1/componentstatuses/x',
  ]) {
    codes.push((await call(asked)).status);
  }
  expect(codes).toEqual([404, 404, 404, 405, 405]);
  const { text } = await call('GET /metrics');
  expect(text).not.toMatch(/apiserver_request_[a-z_]+\{.*resource="(nodes|pods|componentstatuses)"/);
});

test('sizes are those of answers to reads and of bodies; a list counts once it has been read', async () => {
  const { call, create, send } = await testApi();
  await create(SECRETS, secret('a'));
  await send(`GET ${SECRETS}`);
  const before = (await call('GET /metrics')).text;
  expect(before).toMatch(/_response_sizes_count\{.*resource="secrets".*\} 0\n/);
  const { text } = await call(`GET ${SECRETS}`);
  const after = (await call('GET /metrics')).text;
  const labels = 'group="",resource="secrets",scope="namespace",subresource="",verb="LIST",version="v1"';
  expect(after).toContain(`apiserver_response_sizes_sum{component="apiserver",${labels}} ${text.length}\n`);
  expect(after).toContain('apiserver_request_body_size_bytes_count{group="",resource="secrets",verb="create"} 1\n');
});

test('a request that authorisation refuses counts as an authorisation attempt, and not as a request of its resource', async () => {
  const { call } = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  const user = { name: 'jane', groups: ['system:authenticated'] };
  expect((await call(`GET ${SECRETS}`, { user })).status).toBe(403);
  const { text } = await call('GET /metrics');
  expect(text).not.toMatch(/apiserver_request_total\{.*resource="secrets"/);
  expect(text).toContain('authorization_attempts_total{result="no-opinion"} 1\n');
});

test('DELETE begins all counts anew', async () => {
  const { call } = await testApi();
  await call(`GET ${SECRETS}/a`);
  const answer = await call('DELETE /metrics');
  expect([answer.status, answer.text]).toEqual([200, 'metrics reset\n']);
  expect((await call('GET /metrics')).text).not.toContain('resource="secrets",scope="resource"');
  await call(`GET ${SECRETS}/a`);
  expect((await call('GET /metrics')).text).toMatch(/apiserver_request_total\{code="404".*resource="secrets".*\} 1\n/);
});
