/** Reading the ReplicaSets of a Deployment (upstream `deployment/util/deployment_util.go`). */
import type { Deployment, ReplicaSet } from '../../../kube/types.ts';
import { sameTemplate } from '../common/template-hash.ts';

export const SETS = 'replicasets.apps';
export const REVISION = 'deployment.kubernetes.io/revision';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** The set of the present template, if there is one, and all others. */
export interface SetsOf {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
}

/** Of several sets with the template the oldest is the new set (`FindNewReplicaSet`). */
export function splitSets({ spec }: Deployment, sets: readonly ReplicaSet[]): SetsOf {
  const newSet = [...sets].sort(byAge).find((set) => sameTemplate(set.spec?.template, spec?.template));
  return setsOf(
    newSet,
    sets.filter((set) => set !== newSet),
  );
}

export function setsOf(newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): SetsOf {
  return { newSet, oldSets, all: newSet ? [...oldSets, newSet] : oldSets };
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}

export function totalOf(sets: readonly ReplicaSet[], field: keyof NonNullable<ReplicaSet['status']>): number {
  return sets.reduce((sum, set) => sum + (Number(set.status?.[field]) || 0), 0);
}

/** The sets that shall have pods. */
export function active(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}

/** Oldest first, then by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/**
 * An int64, as upstream: users may set one beyond what a number holds exactly. 0 where there is none, undefined of a
 * text that does not parse.
 */
export function revisionOf({ metadata }: ReplicaSet): bigint | undefined {
  const text = metadata.annotations?.[REVISION] ?? '0';
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

/** One more than the highest of these (`MaxRevision`). */
export function nextRevision(sets: readonly ReplicaSet[]): bigint {
  const revisions = sets.map((set) => revisionOf(set) ?? 0n);
  return BigInt.asIntN(64, revisions.reduce((highest, one) => (one > highest ? one : highest), 0n) + 1n);
}

/** By revision, and where one has none that parses, or both the same, by age. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [revisionOf(a), revisionOf(b)];
  if (left === undefined || right === undefined || left === right) return byAge(a, b);
  return left < right ? -1 : 1;
}

/** An annotation that holds a number. */
export function numberIn(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  const value = text === undefined ? Number.NaN : Number.parseInt(text, 10);
  return Number.isNaN(value) ? undefined : value;
}

/** The set with these annotations; the same set where it has them. */
export function annotated(set: ReplicaSet, annotations: Readonly<Record<string, string>>): ReplicaSet {
  const present = set.metadata.annotations;
  if (Object.entries(annotations).every(([name, value]) => present?.[name] === value)) return set;
  return { ...set, metadata: { ...set.metadata, annotations: { ...present, ...annotations } } };
}
