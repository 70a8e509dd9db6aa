import { expect, test } from 'vitest';
import type { Status } from '../../../kube/machinery/status.ts';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, node, PODS, pod } from '../testing/objects.ts';

test.each([
  [
    `GET ${PODS}/two/log`,
    'a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]',
  ],
  [`GET ${PODS}/two/log?container=c`, 'container c is not valid for pod two'],
  [`POST ${PODS}/two/exec?container=a&command=sh&stdout=1`, 'pod two does not have a host assigned'],
  [`GET ${PODS}/bound/log?sinceTime=x`, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  [
    `GET ${PODS}/bound/log?tailLines=-1`,
    'PodLogOptions "bound" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    `GET ${PODS}/simulated/log`,
    'logs: pod simulated is on the simulated node sim-0, which runs no containers: the annotation islet.dev/simulated-logs of a pod says what it logs, and a machine that joins (islet token create --print-join-command) runs pods',
  ],
])('%s is refused with the reason', async (line, message) => {
  const { call, create } = await testApi();
  await create('/api/v1/nodes', node('sim-0', { 'islet.dev/simulated': 'true' }));
  const containers = ['a', 'b'].map((name) => ({ name, image: 'x' }));
  await create(PODS, pod('two', { spec: { containers, initContainers: [{ name: 'i', image: 'x' }] } }));
  await create(PODS, pod('bound', { spec: { nodeName: 'n1' } }));
  await create(PODS, pod('simulated', { spec: { nodeName: 'sim-0' } }));
  expect((await call(line)).body.message).toBe(message);
});

test('logs and exec of a pod on a machine are answered as a stream', async () => {
  const { send, create } = await testApi();
  await create('/api/v1/nodes', node('n1'));
  const { metadata } = await create<Pod>(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const where = { node: 'n1', namespace: 'default', pod: 'web', podUID: metadata.uid, container: 'main' };
  expect(await send(`GET ${PODS}/web/log?follow=true&tailLines=10`)).toEqual({
    type: 'stream',
    stream: { kind: 'logs', ...where, options: { follow: true, previous: false, timestamps: false, tailLines: 10 } },
  });
  expect(await send(`GET ${PODS}/web/exec?command=sh&command=-c&stdin=true&stdout=true&tty=true`)).toEqual({
    type: 'stream',
    stream: { kind: 'exec', ...where, command: ['sh', '-c'], stdin: true, stdout: true, stderr: false, tty: true },
  });
});

test('a WebSocket client of a log that is not there gets its Status before the connection is taken over', async () => {
  const { send, create, call } = await testApi();
  await create('/api/v1/nodes', node('n1'));
  await create<Pod>(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const state = (container: object) =>
    call(`PATCH ${PODS}/web/status`, { headers: MERGE, body: { status: { containerStatuses: [container] } } });
  const ask = async (query = '') => {
    const answer = await send(`GET ${PODS}/web/log${query}`, { headers: { 'islet-upgrade': 'WebSocket' } });
    return answer.type === 'response' ? (JSON.parse(String(answer.body)) as Status).message : answer.type;
  };
  const main = { name: 'main', image: 'i', imageID: '', ready: false, restartCount: 0 };
  expect(await ask()).toBe('container "main" in pod "web" is waiting to start: ContainerCreating');
  await state({ ...main, state: { waiting: { reason: 'ImagePullBackOff' } } });
  expect(await ask()).toBe('container "main" in pod "web" is waiting to start: trying and failing to pull image');
  await state({ ...main, state: { running: {} } });
  expect(await ask()).toBe('stream');
  expect(await ask('?previous=true')).toBe('previous terminated container "main" in pod "web" not found');
  await state({
    ...main,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1 } },
  });
  expect([await ask(), await ask('?previous=true')]).toEqual(['stream', 'stream']);
});

test.each(['exec?command=sh&stdout=1', 'attach?stdout=1', 'portforward?ports=80'])(
  'who may read everything and create nothing gets no %s by a GET',
  async (what) => {
    const { send, call, create } = await testApi();
    await create('/api/v1/nodes', node('n1'));
    await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
    const RBAC = '/apis/rbac.authorization.k8s.io/v1';
    const role = (name: string, rules: object[]) => create(`${RBAC}/clusterroles`, { metadata: { name }, rules });
    const bind = (name: string) =>
      create(`${RBAC}/clusterrolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' }],
      });
    await role('reader', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]);
    await bind('reader');
    const user = { name: 'bob', groups: ['system:authenticated'] };
    const refused = await call(`GET ${PODS}/web/${what}`, { user });
    expect([refused.status, refused.body.message]).toEqual([403, 'pods "web" is forbidden: ']);
    const subresource = what.split('?', 1)[0];
    await role('runner', [{ apiGroups: [''], resources: [`pods/${subresource}`], verbs: ['create'] }]);
    await bind('runner');
    expect(await send(`GET ${PODS}/web/${what}`, { user })).toMatchObject({ type: 'stream' });
  },
);
