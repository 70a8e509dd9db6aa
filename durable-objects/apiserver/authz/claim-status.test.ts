import { expect, test } from 'vitest';
import { grant } from '../testing/grant.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE } from '../testing/objects.ts';

const ROOT = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
const STATUS = { resources: ['resourceclaims/status'], verbs: ['patch', 'update'] };
const place = { driver: 'd.e', pool: 'p', device: 'd' };
const onNode = (name: string) => ({
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
});
const allocation = { devices: { results: [{ request: 'r', ...place }] }, nodeSelector: onNode('n1') };
const reservedFor = [{ resource: 'pods', name: 'p', uid: 'u' }];

async function claims(name: string, ...rules: object[]) {
  const api = await testApi();
  await grant(
    api,
    name,
    [STATUS, ...rules].map(
      (rule) => ({ apiGroups: ['resource.k8s.io'], ...rule }) as typeof STATUS & { apiGroups: string[] },
    ),
  );
  const spec = { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } };
  await api.create(ROOT, { metadata: { name: 'x' }, spec });
  const patch = (status: object, extra?: Record<string, string[]>) =>
    api.call(`PATCH ${ROOT}/x/status`, {
      user: { name, groups: [], ...(extra && { extra }) },
      headers: MERGE,
      body: { status },
    });
  const allocate = () => api.call(`PATCH ${ROOT}/x/status`, { headers: MERGE, body: { status: { allocation } } });
  return { patch, allocate };
}

const BINDING =
  'ResourceClaim.resource.k8s.io "x" is invalid: status.allocation: Forbidden: changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="patch" permission: resourceclaims.resource.k8s.io is forbidden: User "eve" cannot patch resource "resourceclaims/binding" in API group "resource.k8s.io" at the cluster scope';

test('the right to write the status of a ResourceClaim is no right to allocate or reserve it', async () => {
  const { patch, allocate } = await claims('eve', { resources: ['resourceclaims/binding'], verbs: ['update'] });
  const refused = await patch({ allocation });
  expect([refused.status, refused.body.message]).toEqual([422, BINDING]);
  await allocate();
  expect((await patch({ reservedFor })).body.message).toBe(BINDING);
  expect((await patch({ allocation: null })).body.message).toBe(BINDING);
  expect((await patch({ allocation })).status).toBe(200);
});

test('a scheduler allocates, and does not write the state of devices', async () => {
  const { patch } = await claims('eve', { resources: ['resourceclaims/binding'], verbs: ['patch'] });
  expect((await patch({ allocation, reservedFor })).status).toBe(200);
  const refused = await patch({ devices: [place] });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'ResourceClaim.resource.k8s.io "x" is invalid: status.devices: Forbidden: changing status.devices requires resource="resourceclaims/driver", verb="[arbitrary-node:patch]" permission: resourceclaims.resource.k8s.io "d.e" is forbidden: User "eve" cannot arbitrary-node:patch resource "resourceclaims/driver" in API group "resource.k8s.io" in the namespace "default"',
  ]);
});

test('a driver writes the state of its own devices', async () => {
  const rule = { resources: ['resourceclaims/driver'], verbs: ['arbitrary-node:patch'] };
  for (const [name, status] of [
    ['d.e', 200],
    ['x.y', 422],
  ] as const) {
    const { patch, allocate } = await claims('eve', { ...rule, resourceNames: [name] });
    await allocate();
    expect((await patch({ devices: [place] })).status).toBe(status);
  }
});

test('a driver of a node writes the state of devices that are allocated to its node', async () => {
  const account = 'system:serviceaccount:default:driver';
  const rule = { resources: ['resourceclaims/driver'], verbs: ['associated-node:patch'] };
  const { patch, allocate } = await claims(account, rule);
  await allocate();
  const by = (node: string) => patch({ devices: [place] }, { 'authentication.kubernetes.io/node-name': [node] });
  expect((await by('n2')).status).toBe(422);
  expect((await by('n1')).status).toBe(200);
  const other = await claims(account);
  await other.allocate();
  const extra = { 'authentication.kubernetes.io/node-name': ['n1'] };
  expect((await other.patch({ devices: [place] }, extra)).body.message).toMatch(
    /verb="\[associated-node:patch arbitrary-node:patch\]" permission: .* cannot associated-node:patch resource/,
  );
});
