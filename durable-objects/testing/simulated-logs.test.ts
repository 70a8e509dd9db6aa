/** Logs of simulated pods, as the API answers them. */
import { expect, test } from 'vitest';
import { SIMULATED_LOG_HEADER } from '../../wire/stream.ts';
import { ADMIN, TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = 'application/merge-patch+json';

async function start(annotations: Record<string, string>, spec: object = {}) {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const keys = Object.entries(annotations).map(([name, text]) => [`islet.dev/simulated-${name}`, text]);
  const containers = [{ name: 'c', image: 'web' }];
  await cluster.must(`POST ${PODS}`, {
    metadata: { name: 'p', annotations: Object.fromEntries(keys) },
    spec: { containers, ...spec },
  });
  await cluster.settle();
  const read = async (query = '') => {
    const path = `${PODS}/p/log`;
    const answer = await cluster.handle({ method: 'GET', path, query, header: () => undefined, user: ADMIN });
    if (answer.type !== 'response') return answer;
    const { status, body } = answer;
    const text = typeof body === 'string' ? body : [...body].join('');
    return status < 400 ? text : `${status} ${(JSON.parse(text) as { message: string }).message}`;
  };
  return { cluster, read };
}

test('a pod’s log is what its annotation says, and what it says later', async () => {
  const { cluster, read } = await start({ logs: 'begun\nserving on :80', 'log-interval': '5' });
  expect(await read()).toBe('begun\n');
  await cluster.advance(5000);
  expect([await read(), await read('tailLines=1&timestamps=true')]).toEqual([
    'begun\nserving on :80\n',
    '2026-01-02T03:04:10.000000000Z serving on :80\n',
  ]);
  expect(await read('limitBytes=7')).toBe('begun\ns');
  const annotations = { 'islet.dev/simulated-logs': 'ü' };
  await cluster.must(`PATCH ${PODS}/p`, { metadata: { annotations } }, MERGE);
  expect([await read(), await read('limitBytes=1')]).toEqual(['ü\n', '\u00c3']);
  expect(await read('previous=true')).toBe('400 previous terminated container "c" in pod "p" not found');
});

test('a container that was restarted has the log of the one before, and a Job’s pod keeps its own', async () => {
  const { cluster, read } = await start({ logs: 'a\nb', 'log-interval': '2', 'exit-after': '1', 'exit-code': '1' });
  await cluster.advance(5000);
  expect([await read(), await read('previous=true')]).toEqual(['a\n', 'a\n']);
  const done = await start({ logs: 'done', 'exit-after': '1' }, { restartPolicy: 'Never' });
  await done.cluster.advance(5000);
  expect([await done.read(), await done.read('follow=true')]).toEqual(['done\n', 'done\n']);
});

test('a pod that waits has no log yet, one on a silent node none that can be read', async () => {
  const { cluster, read } = await start({ logs: 'a', 'pull-error': 'no' });
  const waits = 'is waiting to start: trying and failing to pull image';
  expect(await read()).toBe(`400 container "c" in pod "p" ${waits}`);
  const annotations = { 'islet.dev/simulated-unreachable': 'true' };
  await cluster.must('PATCH /api/v1/nodes/sim-0', { metadata: { annotations } }, MERGE);
  expect(await read()).toBe('500 error dialing backend: node "sim-0" is not connected');
});

test('a log that is followed is a watch of the pod, which the edge alone may have', async () => {
  const { cluster, read } = await start({ logs: 'a' });
  expect(await read('follow=true&tailLines=3')).toMatchObject({
    type: 'watch',
    watch: { prefix: 'pods/default/p', fieldSelector: 'metadata.name=p' },
    headers: {
      [SIMULATED_LOG_HEADER]: expect.stringContaining('"container":"c","options":{"follow":true,"previous":false'),
    },
  });
  for (const query of ['follow=true&watch=true', 'follow=true&watch=', 'w%61tch=1&follow=true']) {
    expect(await read(query)).toBe('400 a log is followed, and cannot be watched');
  }
  expect(cluster.reported).toEqual([]);
});
