import { expect, test } from 'vitest';
import type { Deployment } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { DEPLOYMENTS, deployment, JSON_PATCH, MERGE, TABLE } from '../testing/objects.ts';

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

test('a scale warns about the template, as other changes of the spec do', async () => {
  const { call, create } = await testApi();
  const web = deployment('web');
  Object.assign(web.spec?.template.spec ?? {}, { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } });
  await create(DEPLOYMENTS, web);
  const scaled = await call(`PATCH ${DEPLOYMENTS}/web/scale`, { body: { spec: { replicas: 5 } }, headers: MERGE });
  expect(scaled.headers.warning).toContain('spec.template.spec.nodeSelector[beta.kubernetes.io/os]');
});

test('a JSON patch of a Scale sees its managers, which it can take away', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const patch = async (body: object[]) =>
    (await call(`PATCH ${DEPLOYMENTS}/web/scale`, { body, headers: JSON_PATCH })).status;
  const managed = async () => {
    const { metadata } = (await call<Deployment>(`GET ${DEPLOYMENTS}/web`)).body;
    return metadata.managedFields?.map(({ fieldsV1 }) =>
      Object.keys((fieldsV1 as Record<string, object>)['f:spec'] ?? {}),
    );
  };
  const path = '/metadata/managedFields';
  expect(await patch([{ op: 'test', path: `${path}/0/operation`, value: 'Apply' }])).toBe(422);
  expect(await patch([{ op: 'remove', path }])).toBe(200);
  // As upstream, the replicas pass to a second entry of the same manager, and of two entries the last counts.
  expect((await managed())?.map((fields) => fields.includes('f:replicas'))).toEqual([true, false]);
  expect(await patch([{ op: 'remove', path }])).toBe(422);
});
