import { expect, test } from 'vitest';
import type { NodeReport } from '../../../kube/usage/usage.ts';
import { SIMULATED } from '../../../wire/nodes.ts';
import { testApi } from '../testing/harness.ts';
import { pod } from '../testing/objects.ts';

const NAMESPACE = '/api/v1/namespaces/default';

async function rig() {
  const reports = new Map<string, NodeReport>();
  const usage = { ask: async () => reports };
  const api = await testApi({ usage });
  const made: Record<string, string> = {};
  for (const [name, labels] of [
    ['real', {}],
    ['simulated', { [SIMULATED]: 'true' }],
  ] as const) {
    const status = { addresses: [{ type: 'InternalIP', address: '192.168.7.1' }] };
    await api.create('/api/v1/nodes', { metadata: { name, labels }, status });
    const containers = [{ name: 'app', image: 'i' }];
    const annotations = { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '64Mi' };
    const { body } = await api.call<{ metadata: { uid: string } }>(`POST ${NAMESPACE}/pods`, {
      body: pod(`on-${name}`, { metadata: { annotations }, spec: { nodeName: name, containers } }),
    });
    made[name] = body.metadata.uid;
    const state = { running: { startedAt: '2026-01-02T03:03:00Z' } };
    await api.call(`PATCH ${NAMESPACE}/pods/on-${name}/status`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { status: { phase: 'Running', containerStatuses: [{ name: 'app', state }] } },
    });
  }
  return { ...api, reports, uid: made.real ?? '' };
}

const lines = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('#'));

test('a simulated node says what its pods’ annotations say, as a kubelet does', async () => {
  const { call } = await rig();
  const { headers, text } = await call('GET /api/v1/nodes/simulated/proxy/metrics/resource');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
  const of = 'namespace="default",pod="on-simulated"';
  const found = lines(text);
  // A quarter of a CPU for the minute up to 03:04:00.
  expect(found).toContain(`container_cpu_usage_seconds_total{container="app",${of}} 15 1767323040000`);
  expect(found).toContain(`pod_memory_working_set_bytes{${of}} 6.7108864e+07 1767323040000`);
  expect(found).toContain('resource_scrape_error 0');
  const { body } = await call<{ node: { nodeName: string }; pods: { podRef: { name: string } }[] }>(
    'GET /api/v1/nodes/simulated/proxy/stats/summary?only_cpu_and_memory=true',
  );
  expect(body.node.nodeName).toBe('simulated');
  expect(body.pods.map(({ podRef }) => podRef.name)).toEqual(['on-simulated']);
});

test('of a machine, its agent’s measurement is told, and its silence', async () => {
  const { call, reports, uid } = await rig();
  const path = 'GET /api/v1/nodes/real/proxy/metrics/resource';
  expect((await call(path)).body).toMatchObject({ code: 503, message: expect.stringContaining('does not answer') });
  const used = { cpu: 1, memory: 2, total: 3e9, startedAt: Date.parse('2026-01-02T03:00:00Z') };
  reports.set('real', {
    at: Date.parse('2026-01-02T03:04:00Z'),
    window: 1000,
    node: { cpu: 9, memory: 10, total: 11e9 },
    pods: new Map([[uid, [{ name: 'app', ...used }]]]),
  });
  expect(lines((await call(path)).text)).toEqual([
    'container_cpu_usage_seconds_total{container="app",namespace="default",pod="on-real"} 3 1767323040000',
    'container_memory_working_set_bytes{container="app",namespace="default",pod="on-real"} 2 1767323040000',
    'container_start_time_seconds{container="app",namespace="default",pod="on-real"} 1.7673228e+09',
    'node_cpu_usage_seconds_total 11 1767323040000',
    'node_memory_working_set_bytes 10 1767323040000',
    'pod_cpu_usage_seconds_total{namespace="default",pod="on-real"} 3 1767323040000',
    'pod_memory_working_set_bytes{namespace="default",pod="on-real"} 2 1767323040000',
    'resource_scrape_error 0',
    '',
  ]);
});

test('its pods and health are told too, and of other pages that they are not served', async () => {
  const { call } = await rig();
  const { body } = await call<{ items: { metadata: { name: string } }[] }>('GET /api/v1/nodes/real:10250/proxy/pods');
  expect(body.items.map(({ metadata }) => metadata.name)).toEqual(['on-real']);
  expect((await call('GET /api/v1/nodes/real/proxy/healthz')).text).toBe('ok');
  expect((await call('GET /api/v1/nodes/real/proxy/configz')).body).toMatchObject({
    code: 501,
    message: expect.stringContaining('/stats/summary are served, and not /configz'),
  });
  expect((await call('GET /api/v1/nodes/none/proxy/healthz')).status).toBe(404);
});
