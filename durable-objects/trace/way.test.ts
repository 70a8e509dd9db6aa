import { expect, test } from 'vitest';
import { testApi } from '../apiserver/testing/harness.ts';
import { pod } from '../apiserver/testing/objects.ts';
import { traceStory } from './story.ts';

const JANE = { name: 'jane', groups: ['system:authenticated'] };

async function withRights() {
  const api = await testApi();
  const root = '/apis/rbac.authorization.k8s.io/v1';
  await api.create(`${root}/clusterrolebindings`, {
    metadata: { name: 'jane-edits' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  });
  return api;
}

const story = ({ store }: { store: Parameters<typeof traceStory>[1] & Parameters<typeof traceStory>[2] }) =>
  traceStory({ resource: 'pods', namespace: 'default', name: 'p' }, store, store)!;

test('a step tells by which right its request was let in, and what admission plugins changed', async () => {
  const api = await withRights();
  await api.create('/api/v1/namespaces/default/pods', pod('p'), {
    user: JANE,
    headers: { 'user-agent': 'kubectl/v1 (x)' },
  });
  const [first] = story(api).steps;
  expect(first).toMatchObject({
    actor: 'person',
    parts: [{ code: 'created' }],
    request: {
      user: 'jane',
      verb: 'create',
      agent: 'kubectl/v1',
      allowed: 'RBAC: allowed by ClusterRoleBinding "jane-edits" of ClusterRole "edit" to User "jane"',
    },
  });
  expect(first?.request).not.toHaveProperty('impersonator');
  expect(first?.changed).toEqual({
    ServiceAccount: ['spec.serviceAccountName', 'spec.volumes', 'spec.containers.volumeMounts'],
    Priority: ['spec.priority', 'spec.preemptionPolicy'],
    DefaultTolerationSeconds: ['spec.tolerations'],
  });
});

test('who acted for another is told, and nothing is made up for a user who may do everything', async () => {
  const api = await withRights();
  await api.create('/api/v1/namespaces/default/pods', pod('p'), { headers: { 'impersonate-user': 'jane' } });
  expect(story(api).steps[0]?.request).toMatchObject({ user: 'jane', impersonator: 'islet:admin' });
  await api.call('DELETE /api/v1/namespaces/default/pods/p');
  const { request, changed } = story(api).steps[0] ?? {};
  expect(request).toMatchObject({ user: 'islet:admin', verb: 'delete' });
  expect(request).not.toHaveProperty('allowed');
  expect(changed).toBeUndefined();
});

test('the token by which a user was known is told by its use', async () => {
  const api = await testApi();
  await api.api.handle({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods',
    query: '',
    header: () => undefined,
    body: JSON.stringify(pod('p')),
    user: { name: 'islet:admin', groups: ['system:masters', 'system:authenticated'] },
    credential: { id: 'j', use: 'session', expires: api.clock.time + 60_000 },
  });
  expect(story(api).steps[0]?.request).toMatchObject({ token: 'session' });
});
