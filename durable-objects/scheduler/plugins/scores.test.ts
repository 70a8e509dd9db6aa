import { expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../../kube/types.ts';
import { projectPod } from '../cache/projections.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/interface.ts';
import { node, pod, requesting, snapshotOf } from '../testing/objects.ts';
import { ImageLocality } from './image-locality.ts';
import { NodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts';
import { NodeResourcesFit } from './node-resources-fit.ts';

function scores(plugin: Plugin, what: Pod, nodes: Node[], pods: Pod[] = []): number[] {
  const snapshot = snapshotOf(nodes, pods);
  const cycle = new CycleState(what, projectPod('pods/default/p', what, 1), snapshot);
  expect(plugin.preScore?.(cycle, snapshot.nodes)).toBeUndefined();
  return snapshot.nodes.map((info) => plugin.score?.(cycle, info) ?? 0);
}

test('the balance score is 75 for no change, more where the pod evens it out, less where it does not', () => {
  const nodes = ['even', 'lacks-cpu', 'lacks-memory'].map((name) =>
    node(name, {}, { cpu: '4', memory: '4Gi', pods: '9' }),
  );
  const on = (nodeName: string, cpu: string, memory: string) =>
    pod(`on-${nodeName}`, { ...requesting(cpu, memory), nodeName } as Partial<PodSpec>);
  const running = [on('lacks-cpu', '2', '0'), on('lacks-memory', '0', '2Gi')];
  expect(scores(NodeResourcesBalancedAllocation, pod('p', requesting('1', '1Gi')), nodes, running)).toEqual([
    75, 75, 75,
  ]);
  expect(scores(NodeResourcesBalancedAllocation, pod('p', requesting('2', '0')), nodes, running)).toEqual([62, 62, 87]);
});

test('images of volumes count, as those of containers do', () => {
  const images = [{ names: ['data:latest'], sizeBytes: 900 * 1024 * 1024 }];
  const holds = node('holds');
  holds.status = { ...holds.status, images };
  const what = pod('p', { volumes: [{ name: 'v', image: { reference: 'data' } }] } as Partial<PodSpec>);
  const [held = 0, absent = 0] = scores(ImageLocality, what, [holds, node('lacks')]);
  expect([held, absent]).toEqual([43, 0]);
});

test('what a pod requests as a whole does not count in the scores of room, as upstream', () => {
  const containers = requesting('1', '1Gi').containers ?? [];
  const whole = { containers, resources: { requests: { cpu: '3', memory: '3Gi' } } } as unknown as Partial<PodSpec>;
  const nodes = [node('a', {}, { cpu: '4', memory: '4Gi', pods: '9' })];
  expect(scores(NodeResourcesFit, pod('p', whole), nodes)).toEqual([75]);
});

test('of what a node lacks, no more is described than is asked for', () => {
  const requests = Object.fromEntries([...Array(50).keys()].map((at) => [`example.com/${at}`, '1']));
  const what = pod('p', { containers: [{ name: 'c', resources: { requests } }] } as unknown as Partial<PodSpec>);
  const snapshot = snapshotOf([node('a', {}, { cpu: '4', memory: '4Gi', pods: '9' })]);
  const cycle = new CycleState(what, projectPod('pods/default/p', what, 1), snapshot);
  const [info] = snapshot.nodes;
  const rejection = info && NodeResourcesFit.filter?.(cycle, info);
  expect(rejection?.reasons).toHaveLength(50);
  expect(rejection?.details?.(20)).toEqual(Array(20).fill({ code: 'asks', asked: '1', free: '0', all: '0' }));
});
