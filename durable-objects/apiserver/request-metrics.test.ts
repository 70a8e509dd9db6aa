import { expect, test } from 'vitest';
import { testApi } from './testing/harness.ts';
import { configMap, MAPS } from './testing/objects.ts';

test('requests are counted by verb, resource, scope and code, and their durations put into buckets', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  await call(`GET ${MAPS}/a`);
  await call(`GET ${MAPS}/nothing`);
  await call(`GET ${MAPS}?watch=0`);
  await call('GET /api/v1/configmaps');
  await call(`POST ${MAPS}?dryRun=All`, { body: configMap('b') });
  await call('GET /api/v1/nothings');
  await call(`GET ${MAPS}/a/x%22y`);
  const { text } = await call('GET /metrics');
  const lines = text.split('\n');
  const total = (code: number, labels: string, count: number) =>
    `apiserver_request_total{code="${code}",component="apiserver",${labels}} ${count}`;
  const labels = (verb: string, scope: string, dryRun = '') =>
    `dry_run="${dryRun}",group="",resource="configmaps",scope="${scope}",subresource="",verb="${verb}",version="v1"`;
  expect(lines.filter((line) => line.startsWith('apiserver_request_total') && line.includes('configmaps'))).toEqual([
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
