/** `pods/resize` (`pkg/registry/core/pod/strategy.go`, `ValidatePodResize`): CPU and memory of a pod that runs. */
import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../types.ts';
import { qosClass } from './pod-spec/qos.ts';
import { isMirror, keepMetadata } from './pod-update.ts';

const LISTS = ['containers', 'initContainers'] as const;
const CPU_AND_MEMORY = 'only cpu and memory resources are mutable';

/** Resources and their policies are taken over; where containers are others or in another order, validation tells. */
export function prepareResize(next: Pod, old: Pod): void {
  const [spec, was] = [next.spec, old.spec];
  if (!spec || !was || LISTS.some((list) => spec[list]?.length !== was[list]?.length)) return;
  const lists = Object.fromEntries(LISTS.map((list) => [list, resized(spec[list], was[list])]));
  const { resources: _, ...rest } = structuredClone(was);
  next.spec = { ...rest, ...lists, ...(spec.resources && { resources: spec.resources }) } as PodSpec;
  if (!next.spec.initContainers) delete next.spec.initContainers;
  next.status = old.status;
  keepMetadata(next, old);
}

function resized(next: Container[] | undefined, old: Container[] | undefined): Container[] | undefined {
  if (!next || !old || next.some(({ name }, i) => name !== old[i]?.name)) return next;
  return old.map((container, i) => {
    const { resources: _, resizePolicy: __, ...rest } = structuredClone(container);
    const { resources, resizePolicy } = next[i] as Container;
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

/** `valid`: what the rules of a pod's spec say. */
export function validateResize(next: Pod, old: Pod, valid: FieldError[]): FieldError[] {
  if (isMirror(old)) return [fieldError.forbidden('[]', 'static pods cannot be resized')];
  const [spec, was] = [next.spec, old.spec];
  if (!spec || !was) return valid;
  if (was.os?.name === 'windows') return [fieldError.forbidden('[]', 'windows pods cannot be resized')];
  const errors = [...valid];
  if ((old.status?.qosClass ?? qosClass(was)) !== qosClass(spec)) {
    const why = 'Pod QOS Class may not change as a result of resizing';
    errors.push(fieldError.invalid('spec', next.status?.qosClass ?? '', why));
  }
  const running = old.status?.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources) {
    errors.push(fieldError.forbidden('spec', 'Pod running on node without support for resize'));
  }
  const munged: PodSpec = { ...spec };
  errors.push(...validatePodLevel(munged, was));
  const order = LISTS.flatMap((list) => validateOrder(spec[list] ?? [], was[list] ?? [], list));
  if (order.length > 0) return [...errors, ...order];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [i, { resources }] of (was[list] ?? []).entries()) {
      errors.push(...validateNotRemoved(spec[list]?.[i]?.resources, resources, `spec.${list}[${i}].resources`));
    }
  }
  errors.push(...validateOthersKept(munged, was));
  if (errors.length > 0) return errors;
  const isSame = semanticEqual(schemaOf('io.k8s.api.core.v1.PodSpec'), munged, was);
  return isSame ? [] : [fieldError.forbidden('spec', CPU_AND_MEMORY)];
}

/** `munged` gets the CPU and memory of before. */
function validatePodLevel(munged: PodSpec, { resources: old }: PodSpec): FieldError[] {
  const { resources } = munged;
  if (![old, resources].some((each) => Object.keys({ ...each?.requests, ...each?.limits }).length > 0)) return [];
  if (old && !resources) return [fieldError.forbidden('spec.resources', 'pod-level resources cannot be removed')];
  const errors = (['requests', 'limits'] as const).flatMap((list) => {
    if (!old || !isRemoved(resources?.[list], old[list])) return [];
    const why = `pod-level resource ${list} cannot be removed`;
    return [fieldError.forbidden(`spec.resources.${list}`, why)];
  });
  const { claims } = resources ?? {};
  const kept = { ...(claims && { claims }), ...withOldComputing(resources, old) };
  const isEmpty = Object.values(kept).every((part) => !part || Object.keys(part).length === 0);
  if (!old && isEmpty) delete munged.resources;
  else munged.resources = kept;
  const schema = schemaOf('io.k8s.api.core.v1.ResourceRequirements');
  if (!semanticEqual(schema, munged.resources, old)) {
    errors.push(fieldError.forbidden('spec', `${CPU_AND_MEMORY} at pod-level`));
  }
  return errors;
}

function validateOrder(next: Container[], old: Container[], list: string): FieldError[] {
  if (next.length !== old.length) {
    return [fieldError.forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
  }
  return next.flatMap(({ name }, i) => {
    if (name === old[i]?.name) return [];
    return [fieldError.forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)];
  });
}

function validateNotRemoved(
  next: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  field: string,
): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((list) =>
    isRemoved(next?.[list], old?.[list])
      ? [fieldError.forbidden(`${field}.${list}`, `resource ${list} cannot be removed`)]
      : [],
  );
}

type Amounts = NonNullable<ResourceRequirements['limits']>;

function isRemoved(next: Amounts = {}, old: Amounts = {}): boolean {
  return Object.keys(old).some((name) => !Object.hasOwn(next, name));
}

/** `munged` gets containers with the CPU and memory of before: what differs then may not change. */
function validateOthersKept(munged: PodSpec, old: PodSpec): FieldError[] {
  const schema = schemaOf('io.k8s.api.core.v1.Container');
  const errors: FieldError[] = [];
  munged.containers = munged.containers.map((container, i) => {
    const before = old.containers[i] as Container;
    const kept = { ...container, resources: withOldComputing(container.resources, before.resources) };
    if (!semanticEqual(schema, kept, before)) errors.push(fieldError.forbidden('spec', CPU_AND_MEMORY));
    return kept;
  });
  munged.initContainers = munged.initContainers?.map((container, i) => {
    const before = old.initContainers?.[i] as Container;
    const at = `spec.initContainers[${i}]`;
    const kept = { ...container, resources: withOldComputing(container.resources, before.resources) };
    if (!semanticEqual(schema, kept, before)) {
      errors.push(fieldError.forbidden(at, 'only cpu and memory resources for init or sidecar containers are mutable'));
    }
    const restarts = (container.resizePolicy ?? []).filter(({ restartPolicy }) => restartPolicy === 'RestartContainer');
    if (container.restartPolicy !== 'Always' && restarts.length > 0 && !semanticEqual(schema, container, before)) {
      const why = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';
      errors.push(...restarts.map(() => fieldError.forbidden(at, why)));
    }
    return kept;
  });
  return errors;
}

/** Claims are dropped, as upstream drops them: a container that has some cannot be resized. */
function withOldComputing(
  next: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
): ResourceRequirements {
  const list = (amounts: Amounts = {}, before: Amounts = {}): Amounts | undefined => {
    const { cpu: _, memory: __, ...rest } = amounts;
    const { cpu, memory } = before;
    const all = { ...rest, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
    return Object.keys(all).length > 0 ? all : undefined;
  };
  const [limits, requests] = [list(next?.limits, old?.limits), list(next?.requests, old?.requests)];
  return { ...(limits && { limits }), ...(requests && { requests }) };
}
