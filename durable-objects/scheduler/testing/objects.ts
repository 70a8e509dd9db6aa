/** Builders for the scheduler's tests. */
import type { Node, Pod, PodSpec } from '../../../kube/types.ts';
import { projectNode, projectPod } from '../cache/projections.ts';
import { Snapshot } from '../cache/snapshot.ts';

export const NO_CHANCE = { next: () => 0, uuid: () => '00000000-0000-4000-8000-000000000000' };

/** Numbers that look random and are the same each time. */
export function chance(seed: number): { next(): number; uuid(): string } {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const hex = (): string =>
    Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return { next, uuid: () => hex() + hex() + hex() + hex() };
}

export function node(
  name: string,
  { labels = {}, ...spec }: { labels?: Record<string, string> } & Node['spec'] = {},
  allocatable: Record<string, string> = { cpu: '4', memory: '16Gi', pods: '110' },
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable, capacity: allocatable },
  } as Node;
}

export function pod(name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = { app: 'web' }): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    status: {},
  } as Pod;
}

export function requesting(cpu: string, memory = '64Mi'): Partial<PodSpec> {
  return { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu, memory } } }] } as Partial<PodSpec>;
}

export function snapshotOf(nodes: readonly Node[], pods: readonly Pod[] = [], reader = {}): Snapshot {
  const snapshot = new Snapshot(reader);
  for (const one of nodes) snapshot.setNode(projectNode(one));
  for (const one of pods) snapshot.setPod(projectPod(`pods/${one.metadata.namespace}/${one.metadata.name}`, one, 1));
  return snapshot;
}
