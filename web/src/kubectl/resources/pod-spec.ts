/** Where the pod is in objects that have one. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Container, PodSpec } from '../../../../kube/types.ts';
import { CommandError } from '../errors.ts';

type Path = readonly string[];

function pathOf({ kind }: KubeObject): Path {
  if (kind === 'Pod') return ['spec'];
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return ['spec', 'template', 'spec'];
}

export function podSpecOf(object: KubeObject): PodSpec {
  const spec = pathOf(object).reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
  if (typeof spec !== 'object' || spec === null || !('containers' in spec)) {
    throw new CommandError(`the object is not a pod or does not have a pod template: ${object.kind}`);
  }
  return spec as PodSpec;
}

/** A strategic merge patch that changes the pod of an object. */
export function podPatch(object: KubeObject, change: object): object {
  return pathOf(object).reduceRight<object>((inner, key) => ({ [key]: inner }), change);
}

/** `*` matches any text. */
export function matchesName(name: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(name);
}

export interface ContainerChange {
  field: 'containers' | 'initContainers';
  container: Container;
}

export function containersMatching(spec: PodSpec, pattern: string): ContainerChange[] {
  const fields = ['containers', 'initContainers'] as const;
  return fields.flatMap((field) =>
    (spec[field] ?? []).filter(({ name }) => matchesName(name, pattern)).map((container) => ({ field, container })),
  );
}

/** Changes of single containers, by their names. */
export function containerPatch(
  object: KubeObject,
  changes: readonly { field: string; name: string; change: object }[],
): object {
  const patch: Record<string, object[]> = {};
  for (const { field, name, change } of changes) patch[field] = [...(patch[field] ?? []), { name, ...change }];
  return podPatch(object, patch);
}
