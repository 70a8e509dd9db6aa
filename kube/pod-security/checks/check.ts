/** A rule of the Pod Security Standards (`k8s.io/pod-security-admission/policy`). */
import type { ObjectMeta } from '../../machinery/object.ts';
import type { Container, PodSpec } from '../../types.ts';

export interface Violation {
  /** The rule, in a few words. */
  reason: string;
  /** Containers, volumes and values that break it. */
  detail: string;
}

/** `metadata` and `spec` of a pod or of a template. undefined: allowed. */
export type CheckPod = (spec: PodSpec, metadata: Pick<ObjectMeta, 'annotations'>) => Violation | undefined;

export interface Check {
  id: string;
  level: 'baseline' | 'restricted';
  /** By the minor version of Kubernetes 1 from which on it is so, oldest first. */
  versions: readonly { since: number; check: CheckPod }[];
  /** Checks of the level baseline that this one takes the place of. */
  overrides?: readonly string[];
}

/** Of all sorts, in the order in which upstream visits them. */
export function containersOf(spec: PodSpec): Container[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...(ephemeralContainers as unknown as Container[])];
}

export function namesOf(spec: PodSpec, isBad: (container: Container) => boolean): string[] {
  return containersOf(spec)
    .filter(isBad)
    .map(({ name }) => name);
}

export function quoted(items: Iterable<string>): string {
  return [...items].map((item) => `"${item}"`).join(', ');
}

export function sortedSet(items: Iterable<string>): string[] {
  return [...new Set(items)].sort();
}

export function plural(singular: string, count: number): string {
  return count === 1 ? singular : `${singular}s`;
}

/** `containers "a", "b"` */
export function theContainers(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`;
}

/** `pod and container "a"`; '' where neither. */
export function setters(pod: boolean, containers: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [theContainers(containers)] : [])].join(' and ');
}

/** Rules that bind pods of Linux only, from some version on. */
export function unlessWindows(check: CheckPod): CheckPod {
  return (spec, metadata) => (spec.os?.name === 'windows' ? undefined : check(spec, metadata));
}

/** A rule that pods with a user namespace need not meet: their root user has no rights on the node. */
export function unlessUserNamespace(check: CheckPod): CheckPod {
  return (spec, metadata) => (spec.hostUsers === false ? undefined : check(spec, metadata));
}
