import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, PODS, pod } from '../testing/objects.ts';

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

test('a binding whose path names no pod is told of the pod that is not there', async () => {
  const { call } = await testApi();
  const said = async (body: object) => {
    const { status, body: answer } = await call('POST /api/v1/namespaces/default/bindings', { body });
    return [status, answer.message];
  };
  expect(await said(to('n1'))).toEqual([404, 'pods "web" not found']);
  expect(await said({ target: { name: 'n1' } })).toEqual([400, 'Name parameter required.']);
});
