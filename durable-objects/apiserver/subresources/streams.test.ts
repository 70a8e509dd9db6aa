import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { node, PODS, pod } from '../testing/objects.ts';

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
    'logs: pod simulated is on the simulated node sim-0, which runs no containers. Join a machine (islet token create --print-join-command) to run them',
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
