import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { TestCluster } from '../../scheduler/testing/cluster.ts';
import { pod, requesting } from '../../scheduler/testing/objects.ts';
import { createSimulatedNodes } from './index.ts';

async function start(...pods: Pod[]) {
  const cluster = new TestCluster();
  for (const one of pods) cluster.put('pods', one);
  const wake = async () => {
    cluster.forgetListeners();
    createSimulatedNodes({ ...cluster.ports, nodes: () => 2, made() {} }).wake();
    await cluster.settle();
  };
  await wake();
  return {
    cluster,
    wake,
    async bind(...more: Pod[]) {
      for (const one of more) cluster.put('pods', one);
      await cluster.settle();
    },
    async change<T = Pod>(key: string, edit: (object: T) => void) {
      cluster.change<T>(key, edit);
      await cluster.settle();
    },
    state(name: string) {
      const { phase, reason } = cluster.get<Pod>(`pods/default/${name}`)?.status ?? {};
      return reason ? `${phase} ${reason}` : phase;
    },
  };
}

/** A simulated node has 32 CPUs. */
const bound = (name: string, cpu: string, spec: Partial<Pod['spec']> = {}) =>
  pod(name, { nodeName: 'sim-0', ...requesting(cpu), ...spec });

test('a pod that its node has no room for has failed, in the kubelet’s words, and takes nothing', async () => {
  const { cluster, state, bind } = await start(bound('a', '30'), bound('b', '3'));
  expect([state('a'), state('b')]).toEqual(['Running', 'Failed OutOfcpu']);
  const why = "Node didn't have enough resource: cpu, requested: 3000, used: 30000, capacity: 32000";
  const { status } = cluster.get<Pod>('pods/default/b') ?? {};
  expect(status).toMatchObject({ message: `Pod was rejected: ${why}`, startTime: '2026-01-01T00:00:00Z' });
  expect(status).not.toHaveProperty('containerStatuses');
  expect(status).not.toHaveProperty('podIP');
  expect(cluster.events()).toContain(`Warning OutOfcpu ${why}`);
  await bind(bound('c', '2'));
  expect(cluster.get<Pod>('pods/default/c')?.status).toMatchObject({ phase: 'Running', podIP: '10.245.0.3' });
  expect(cluster.due.size).toBe(0);
});

test('a pod’s share is free when it has ended or is gone, evictions of the object in between or not', async () => {
  const { cluster, state, wake, bind, change } = await start(bound('a', '20'), bound('b', '10'));
  await wake();
  await bind(bound('c', '3'));
  expect(state('c')).toBe('Failed OutOfcpu');
  await change('pods/default/b', ({ status }) => Object.assign(status ?? {}, { phase: 'Succeeded' }));
  await bind(bound('d', '12'));
  expect(state('d')).toBe('Running');
  cluster.remove('pods/default/a');
  await bind(bound('e', '20'), bound('f', '1'));
  expect([state('e'), state('f')]).toEqual(['Running', 'Failed OutOfcpu']);
});

test('a running pod is not judged again, and a pod that fits another node runs there', async () => {
  const { state, wake, change, bind } = await start(bound('a', '1', { nodeSelector: { 'kubernetes.io/os': 'linux' } }));
  await change<Node>('nodes//sim-0', (n) => {
    n.metadata.labels = { ...n.metadata.labels, 'kubernetes.io/os': 'plan9' };
    n.spec = { ...n.spec, taints: [{ key: 'leave', effect: 'NoExecute' }] };
  });
  await wake();
  await change('pods/default/a', (p) => {
    p.metadata.labels = { touched: 'yes' };
  });
  expect(state('a')).toBe('Running');
  await bind(bound('b', '1', { nodeSelector: { 'kubernetes.io/os': 'linux' } }), bound('c', '1'));
  expect([state('b'), state('c')]).toEqual(['Failed NodeAffinity', 'Failed TaintToleration']);
  await bind(bound('d', '1', { nodeName: 'sim-1', nodeSelector: { 'kubernetes.io/os': 'linux' } }));
  expect(state('d')).toBe('Running');
});

test('a status that could not be written is decided anew, and counts once', async () => {
  const { cluster, state, bind } = await start();
  let failures = 1;
  cluster.fail = ({ path }) =>
    path.endsWith('/a/status') && failures-- > 0 ? { code: 500, message: 'not now' } : undefined;
  await bind(bound('a', '20'));
  expect(state('a')).toBeUndefined();
  cluster.fail = () => undefined;
  await bind(bound('a', '20'), bound('b', '12'));
  expect([state('a'), state('b')]).toEqual(['Running', 'Running']);
});

test('a refused pod goes when it is deleted', async () => {
  const { cluster, change } = await start(bound('big', '33'));
  await change('pods/default/big', ({ metadata }) => {
    metadata.deletionTimestamp = '2026-01-01T00:00:30Z';
    metadata.deletionGracePeriodSeconds = 30;
  });
  expect(cluster.get('pods/default/big')).toBeUndefined();
});
