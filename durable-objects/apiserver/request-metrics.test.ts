import { expect, test } from 'vitest';
import { testApi } from './testing/harness.ts';

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
    total(201, labels('POST', 'namespace'), 1),
    total(200, labels('GET', 'resource'), 1),
    total(404, labels('GET', 'resource'), 1),
    total(200, labels('LIST', 'namespace'), 1),
    total(200, labels('LIST', 'cluster'), 1),
    total(201, labels('POST', 'namespace', 'All'), 1),
  ]);
  expect(text).not.toContain('nothings');
  const name = 'apiserver_request_duration_seconds';
  expect(lines).toContain(`${name}_bucket{component="apiserver",${labels('GET', 'resource')},le="0.005"} 2`);
  expect(lines).toContain(`${name}_bucket{component="apiserver",${labels('GET', 'resource')},le="+Inf"} 2`);
  expect(lines).toContain(`${name}_count{component="apiserver",${labels('GET', 'resource')}} 2`);
  expect(lines).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1');
});
