import { expect, test } from 'vitest';
import { testApi } from './testing/harness.ts';
import { configMap, MAPS, MERGE, node, PODS, pod } from './testing/objects.ts';
import { warningHeader } from './warnings.ts';

const KIB = 1024;

test('each warning comes once, and none that has a control character', () => {
  expect(warningHeader([])).toBeUndefined();
  expect(warningHeader(['a "b" \\', 'c\nd', 'a "b" \\'])).toBe('299 - "a \\"b\\" \\\\"');
  expect(warningHeader(['c\nd'])).toBeUndefined();
});

test('a long warning stays whole as long as there is room for all', () => {
  expect(warningHeader(['x'.repeat(4096)])).toBe(`299 - "${'x'.repeat(4096)}"`);
  expect(warningHeader(['x'.repeat(4090), 'y'.repeat(7)])).toBe(`299 - "${'x'.repeat(256)}", 299 - "yyyyyyy"`);
  // A character is cut off as a whole.
  expect(warningHeader(['😀'.repeat(3000)])).toBe(`299 - "${'😀'.repeat(256)}"`);
});

test.each([
  // Upstream tells a hundred problems of a body, whose names may be long.
  [
    'repeated keys',
    'application/json',
    `{"metadata":{"name":"a"},"data":{${pairs('"a-long-key-#":"a","a-long-key-#":"b"', ',')}}}`,
  ],
  ['repeated keys in YAML', 'application/yaml', `metadata: {name: a}\ndata:\n${pairs('  k#: a\n  k#: b\n', '')}`],
])('thousands of %s fit into a header', async (_, type, body) => {
  const { call } = await testApi();
  const { status, headers } = await call(`POST ${MAPS}`, { body, headers: { 'content-type': type } });
  expect(status).toBe(201);
  expect(headers.warning?.length).toBeGreaterThan(4000);
  expect(headers.warning?.length).toBeLessThan(8000);
});

test('a cluster whose storage is nearly full says so once a minute, and a full one says what to do', async () => {
  const { call, create, clock, reported } = await testApi({ quota: 600 * KIB });
  await create('/api/v1/nodes', node('n1'));
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const data = { text: 'x'.repeat(20 * KIB) };
  const warnings: string[] = [];
  let made = 0;
  let refused = await call(`POST ${MAPS}`, { body: configMap('m', data) });
  for (; refused.status === 201; made++) {
    if (refused.headers.warning) warnings.push(refused.headers.warning);
    refused = await call(`POST ${MAPS}`, { body: configMap(`m${made}`, data) });
  }
  expect(warnings).toEqual([
    '299 - "1 MiB of the 1 MiB that this cluster may store are used: once it is full, nothing can be created"',
  ]);
  expect([refused.status, refused.body.reason, reported]).toEqual([403, 'Forbidden', []]);
  expect(refused.body.message).toMatch(
    /^configmaps is forbidden: exceeded quota: the cluster's storage is full: delete/,
  );
  // Nodes go on, their pods too, and what is not needed can go.
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  clock.time += 61_000;
  const reportedStatus = await call('PATCH /api/v1/nodes/n1/status', { headers: MERGE, body: { status } });
  expect([reportedStatus.status, reportedStatus.headers.warning !== undefined]).toEqual([200, true]);
  const running = { headers: MERGE, body: { status: { phase: 'Running' } } };
  expect((await call(`PATCH ${PODS}/web/status`, running)).status).toBe(200);
  expect((await call(`DELETE ${MAPS}`)).status).toBe(200);
});

function pairs(pattern: string, separator: string): string {
  return Array.from({ length: 5000 }, (_, i) => pattern.replaceAll('#', String(i))).join(separator);
}
