import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, MERGE, node, PODS, pod } from '../testing/objects.ts';

const KIB = 1024;

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
