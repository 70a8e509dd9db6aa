import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const EVENTS = '/api/v1/namespaces/default/events';

interface Event extends KubeObject {
  reason: string;
  message: string;
  involvedObject: { name: string };
}

/** Simulated nodes have 32 CPUs. */
function pod(name: string, priorityClassName: string): unknown {
  const resources = { requests: { cpu: '20' } };
  const spec = { priorityClassName, containers: [{ name: 'c', image: 'nginx', resources }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec };
}

async function start(seed = 1): Promise<TestCluster> {
  const cluster = await TestCluster.start({ simulatedNodes: 1, seed });
  const priorityClass = (name: string, value: number, preemptionPolicy: string): unknown => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    preemptionPolicy,
  });
  await cluster.must(`POST ${CLASSES}`, priorityClass('low', 1, 'PreemptLowerPriority'));
  await cluster.must(`POST ${CLASSES}`, priorityClass('high', 1000, 'PreemptLowerPriority'));
  await cluster.must(`POST ${CLASSES}`, priorityClass('patient', 1000, 'Never'));
  await cluster.settle();
  await cluster.must(`POST ${PODS}`, pod('victim', 'low'));
  await cluster.settle();
  return cluster;
}

const phases = async (cluster: TestCluster) =>
  (await cluster.list<Pod>(PODS)).map(({ metadata, status }) => `${metadata.name} ${status?.phase}`);

test('a pod of a higher priority takes the place of one of a lower priority', async () => {
  const cluster = await start();
  expect(await phases(cluster)).toEqual(['victim Running']);
  await cluster.must(`POST ${PODS}`, pod('patient', 'patient'));
  await cluster.advance(40_000);
  expect(await phases(cluster)).toEqual(['patient Pending', 'victim Running']);
  await cluster.must(`DELETE ${PODS}/patient`);
  await cluster.must(`POST ${PODS}`, pod('urgent', 'high'));
  const finalizers = { metadata: { finalizers: ['example.com/stay'] } };
  await cluster.must(`PATCH ${PODS}/victim`, finalizers, 'application/merge-patch+json');
  await cluster.settle();
  expect((await cluster.must<Pod>(`GET ${PODS}/urgent`)).status?.nominatedNodeName).toBe('sim-0');
  expect((await cluster.must<Pod>(`GET ${PODS}/victim`)).status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }),
  );
  await cluster.advance(40_000);
  expect(await phases(cluster)).toEqual(['urgent Running', expect.stringMatching(/^victim (Failed|Succeeded)$/)]);
  const urgent = await cluster.must<Pod>(`GET ${PODS}/urgent`);
  expect(urgent.status?.nominatedNodeName).toBeUndefined();
  const events = await cluster.list<Event>(EVENTS);
  const said = (name: string, reason: string) =>
    events.filter((e) => e.involvedObject.name === name && e.reason === reason).map(({ message }) => message);
  expect(said('victim', 'Preempted')).toEqual([`Preempted by pod ${urgent.metadata.uid} on node sim-0`]);
  expect(said('patient', 'FailedScheduling')[0]).toContain('preemption: not eligible due to preemptionPolicy=Never.');
  expect(cluster.reported).toEqual([]);
});

test('evicted between any two steps, a preemption reaches the same end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(12), { maxLength: 8 }), fc.nat(1_000_000), async (lives, seed) => {
      const cluster = await start(seed + 1);
      await cluster.must(`POST ${PODS}`, pod('urgent', 'high'));
      for (const steps of lives) {
        for (let step = 0; step < steps; step++) await cluster.step();
        cluster.evict();
      }
      await cluster.advance(120_000);
      expect(await phases(cluster)).toEqual(['urgent Running']);
    }),
    { numRuns: 15 },
  );
}, 120_000);
