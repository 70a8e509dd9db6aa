/** Random clusters change, and no pod sleeps on that would fit: hints may wake too often, but never too seldom. */
import { expect, test } from 'vitest';
import { DEFAULT_PROFILE } from '../../../durable-objects/scheduler/plugins/index.ts';
import { SCHEDULER_TIMER } from '../../../durable-objects/scheduler/scheduler.ts';
import type { TestCluster } from '../../../durable-objects/scheduler/testing/cluster.ts';
import { chance } from '../../../durable-objects/scheduler/testing/objects.ts';
import { start } from '../../../durable-objects/scheduler/testing/scheduler.ts';
import type { Json } from '../mutations.ts';
import { Generator, NAMESPACES, PRIORITIES } from './generate.ts';
import { possible, type State } from './possible.ts';

const CLUSTERS = 25;
const CHANGES = 15;
/** The longest back-off, and less than the five minutes after which each pod is tried. */
const PATIENCE_MS = 20_000;

function podOf(generator: Generator, name: string): Json {
  const pod = generator.pod(name);
  const { schedulerName: _, priorityClassName, ...spec } = pod.spec;
  const preemptionPolicy = priorityClassName === 'patient' ? 'Never' : undefined;
  return { ...pod, spec: { ...spec, priority: PRIORITIES[priorityClassName] ?? 0, preemptionPolicy } };
}

function stateOf(cluster: TestCluster): State {
  const others: Record<string, Json> = {};
  for (const key of cluster.objects.keys()) others[key] = cluster.get<Json>(key) as Json;
  return { nodes: cluster.all<Json>('nodes/'), pods: cluster.all<Json>('pods/'), others };
}

const keyOf = ({ metadata }: Json): string => `pods/${metadata.namespace}/${metadata.name}`;

/** One change that users or kubelets may make. */
function change(cluster: TestCluster, generator: Generator, number: number): string {
  const node = generator.one(cluster.all<Json>('nodes/'));
  const pod = generator.one(cluster.all<Json>('pods/').filter(({ spec }) => spec.nodeName));
  const other = generator.node(node?.metadata.name ?? '');
  const changeNode = (part: Json): void => {
    if (node) cluster.change<Json>(`nodes//${node.metadata.name}`, (old) => Object.assign(old, part));
  };
  const changePod = (edit: (old: Json) => void): void => {
    if (pod) cluster.change<Json>(keyOf(pod), edit);
  };
  switch (generator.between(0, 6)) {
    case 0:
      cluster.put('nodes', generator.node(`extra-${number}`));
      return 'a new node';
    case 1:
      changeNode({ metadata: { ...node?.metadata, labels: other.metadata.labels } });
      return `labels of ${node?.metadata.name}`;
    case 2:
      changeNode({ spec: other.spec });
      return `taints of ${node?.metadata.name}`;
    case 3:
      changeNode({ status: other.status });
      return `resources of ${node?.metadata.name}`;
    case 4:
      changePod(({ metadata }) => Object.assign(metadata, { labels: generator.pod('x').metadata.labels }));
      return `labels of ${pod?.metadata.name}`;
    case 5:
      changePod(({ spec }) => Object.assign(spec.containers[0].resources, { requests: {} }));
      return `requests of ${pod?.metadata.name}`;
    default:
      if (pod) cluster.remove(keyOf(pod));
      return `${pod?.metadata.name} is gone`;
  }
}

test.each(Array.from({ length: CLUSTERS }, (_, seed) => seed))('cluster %i', async (seed) => {
  const { next } = chance(seed * 104_729 + 1);
  const generator = new Generator(next, []);
  const { cluster, ring } = await start((c) => {
    for (const [name, labels] of Object.entries(NAMESPACES)) c.put('namespaces', { metadata: { name, labels } });
    for (let i = 0; i < 4; i++) c.put('nodes', generator.node(`n${i}`));
    for (let i = 0; i < 25; i++) c.put('pods', podOf(generator, `p${i}`));
  });
  const calm = async (): Promise<void> => {
    await cluster.settle();
    for (const end = cluster.now + PATIENCE_MS; (cluster.due.get(SCHEDULER_TIMER) ?? end) < end; ) await ring();
    cluster.now += PATIENCE_MS;
  };
  await calm();
  for (let i = 0; i < CHANGES; i++) {
    const what = change(cluster, generator, i);
    await calm();
    const state = stateOf(cluster);
    const asleep = state.pods.filter(({ spec, status }) => !spec.nodeName && !status?.nominatedNodeName);
    const fitting = asleep.filter((pod) => possible(pod, state, DEFAULT_PROFILE, next).some(({ node }) => node));
    expect([what, fitting.map(keyOf)]).toEqual([what, []]);
  }
});
