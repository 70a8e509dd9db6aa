/** Updates of a pod: only a few fields may change (`ValidatePodUpdate`). */

import { sameJson, semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Affinity, Container, Pod, PodSpec, Toleration } from '../../types.ts';
import { ALL_METADATA } from '../metadata-policy.ts';
import { specDiff } from './pod-diff.ts';
import { validatePodAnnotationUpdate } from './pod-spec/annotations.ts';

const MAY_CHANGE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

const FIELD = 'spec';
const MAX_DEADLINE = 2 ** 31 - 1;

function validateImages(next: readonly Container[], old: readonly Container[], field: string): FieldError[] {
  if (next.length !== old.length) {
    return [fieldError.forbidden(field, 'pod updates may not add or remove containers')];
  }
  return next.flatMap(({ image = '' }, index) => {
    const at = `${field}[${index}].image`;
    if (image === '') return [fieldError.required(at)];
    const padded = image.trim() !== image;
    return padded ? [fieldError.invalid(at, image, 'must not have leading or trailing whitespace')] : [];
  });
}

function validateDeadline(next: number | undefined, old: number | undefined): FieldError[] {
  const field = `${FIELD}.activeDeadlineSeconds`;
  if (next === undefined) {
    if (old === undefined) return [];
    return [fieldError.invalid(field, null, 'must not update from a positive integer to nil value')];
  }
  if (next < 0 || next > MAX_DEADLINE) {
    return [fieldError.invalid(field, next, `must be between 0 and ${MAX_DEADLINE}, inclusive`)];
  }
  if (old === undefined || next <= old) return [];
  return [fieldError.invalid(field, next, 'must be less than or equal to previous value')];
}

/** The seconds of an old toleration may change, and new ones may be added. */
function validateTolerationsKept(next: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const print = ({ key, operator, value, effect }: Toleration) => JSON.stringify([key, operator, value, effect]);
  const there = new Set(next.map(print));
  if (old.every((toleration) => there.has(print(toleration)))) return [];
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  return [fieldError.forbidden(`${FIELD}.tolerations`, detail)];
}

function validateGatesOnlyRemoved(next: PodSpec, old: PodSpec): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  const added = new Map((next.schedulingGates ?? []).map(({ name }, index) => [name, index]));
  return [...added].flatMap(([name, index]) => {
    if (known.has(name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [fieldError.forbidden(`${FIELD}.schedulingGates[${index}].name`, detail)];
  });
}

/** While a pod is gated, its node selector may be narrowed. */
function validateNodeSelectorNarrowed(next: PodSpec, old: PodSpec): FieldError[] {
  const before = Object.entries(old.nodeSelector ?? {});
  const kept = before.every(([key, value]) => next.nodeSelector?.[key] === value);
  if (kept) return [];
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [fieldError.invalid(`${FIELD}.nodeSelector`, next.nodeSelector ?? null, detail)];
}

type NodeSelectorTerm = NonNullable<NodeRequirements>['nodeSelectorTerms'][number];
type NodeRequirements = NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution'];

/** A term keeps its requirements, in their order, and may get more behind them. */
function hasOnlyAdditions(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const;
  if (lists.every((name) => !old[name]?.length)) return lists.every((name) => !next[name]?.length);
  return lists.every((name) => {
    const before = old[name] ?? [];
    return sameJson((next[name] ?? []).slice(0, before.length), before);
  });
}

/** `validateNodeAffinityMutation`: an empty term matches no node, so a requirement in it would widen it. */
function validateNodeAffinityNarrowed(next: Affinity | undefined, old: Affinity | undefined): FieldError[] {
  const terms = (affinity: Affinity | undefined): NodeSelectorTerm[] =>
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const [before, after] = [terms(old), terms(next)];
  if (before.length === 0) return [];
  const field = `${FIELD}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  if (before.length !== after.length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [fieldError.invalid(field, after.length > 0 ? after : null, detail)];
  }
  return after.flatMap((term, index) => {
    const kept = hasOnlyAdditions(term, before[index] ?? {});
    if (kept) return [];
    return [fieldError.invalid(`${field}[${index}]`, term, 'only additions are allowed (no mutations or deletions)')];
  });
}

/** `next` with the node affinity of `old`, so that the two differ only where something else was changed. */
function withOldNodeAffinity(next: Affinity | undefined, old: Affinity | undefined): Affinity | undefined {
  const nodeAffinity = old?.nodeAffinity;
  if (!next) return nodeAffinity && { nodeAffinity };
  if (!old && !next.podAffinity && !next.podAntiAffinity) return undefined;
  return { ...next, nodeAffinity };
}

/** `next` with everything that may change as it was. */
function withOldValues(next: PodSpec, old: PodSpec): PodSpec {
  const withImages = (containers: Container[] | undefined, from: Container[] | undefined) =>
    containers?.map((container, index) => ({ ...container, image: from?.[index]?.image }));
  const graceFixed = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  const munged: PodSpec = {
    ...next,
    containers: withImages(next.containers, old.containers) as Container[],
    initContainers: withImages(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
  };
  if (graceFixed) munged.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  if (isGated(old)) {
    munged.nodeSelector = old.nodeSelector;
    munged.affinity = withOldNodeAffinity(next.affinity, old.affinity);
  }
  return munged;
}

function isGated({ schedulingGates }: PodSpec): boolean {
  return (schedulingGates?.length ?? 0) > 0;
}

/** The mirror of a static pod. */
export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

/** `ResetObjectMetaForStatus` */
export function keepMetadata(next: Pod, old: Pod): void {
  for (const part of ALL_METADATA) {
    if (old.metadata[part] === undefined) delete next.metadata[part];
    else Object.assign(next.metadata, { [part]: old.metadata[part] });
  }
}

export function validatePodUpdate(nextPod: Pod, oldPod: Pod): FieldError[] {
  const annotations = validatePodAnnotationUpdate(nextPod.metadata.annotations, oldPod.metadata.annotations);
  return [...annotations, ...validateSpecUpdate(nextPod.spec, oldPod.spec)];
}

function validateSpecUpdate(next: PodSpec | undefined, old: PodSpec | undefined): FieldError[] {
  if (!next || !old) return [];
  const errors: FieldError[] = [];
  for (const which of ['containers', 'initContainers'] as const) {
    errors.push(...validateImages(next[which] ?? [], old[which] ?? [], `${FIELD}.${which}`));
    if (next[which]?.length !== old[which]?.length) return errors;
  }
  const deadline = validateDeadline(next.activeDeadlineSeconds, old.activeDeadlineSeconds);
  errors.push(...deadline);
  // Upstream returns at a wrong deadline, and goes on after one that was removed.
  if (deadline.length > 0 && next.activeDeadlineSeconds !== undefined) return errors;
  errors.push(
    ...validateTolerationsKept(next.tolerations ?? [], old.tolerations ?? []),
    ...validateGatesOnlyRemoved(next, old),
  );
  if (isGated(old)) {
    errors.push(...validateNodeSelectorNarrowed(next, old));
    errors.push(...validateNodeAffinityNarrowed(next.affinity, old.affinity));
  }
  // Most updates leave the whole spec as it was.
  if (sameJson(next, old)) return errors;
  const munged = withOldValues(next, old);
  if (!semanticEqual(schemaOf('io.k8s.api.core.v1.PodSpec'), munged, old)) {
    const detail = `pod updates may not change fields other than ${MAY_CHANGE}\n${specDiff(old, munged)}`;
    errors.push(fieldError.forbidden(FIELD, detail));
  }
  return errors;
}
