/** Updates of a pod's status (`ValidatePodStatusUpdate`, and `podStatusStrategy` in `pkg/registry/core/pod/strategy.go`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { Container, Pod, PodSpec } from '../../types.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { ipWarnings } from '../validation/ip.ts';
import { validatePodAddresses } from './pod-addresses.ts';
import { validatePodAnnotationUpdate } from './pod-spec/annotations.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];
type Allocated = NonNullable<ContainerStatus['allocatedResourcesStatus']>[number];

const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;
const MAX_ID = 2 ** 31 - 1;
const MAX_MESSAGE = 1024;
const SYSTEM_CONDITIONS: readonly string[] = ['PodScheduled', 'Ready', 'Initialized'];

/** Keeps the fields that an older kubelet does not know and leaves out: qosClass and the observed generations. */
export function preparePodStatus(next: Pod, old: Pod): void {
  if (!next.status) return;
  const { status: before = {} } = old;
  if (before.qosClass) next.status.qosClass ||= before.qosClass;
  if (before.observedGeneration) next.status.observedGeneration ||= before.observedGeneration;
  const generations = new Map<string, number[]>();
  for (const { type, observedGeneration = 0 } of before.conditions ?? []) {
    generations.set(type, [...(generations.get(type) ?? []), observedGeneration]);
  }
  for (const condition of next.status.conditions ?? []) {
    const earlier = generations.get(condition.type)?.shift();
    if (earlier) condition.observedGeneration ||= earlier;
  }
}

export function podStatusWarnings({ status = {} }: Pod): string[] {
  return (['podIPs', 'hostIPs'] as const).flatMap((name) =>
    (status[name] ?? []).flatMap(({ ip = '' }, i) => ipWarnings(ip, `status.${name}[${i}].ip`)),
  );
}

export function validatePodStatusUpdate(next: Pod, old: Pod): FieldError[] {
  const { status = {}, spec = { containers: [] } } = next;
  const errors = [
    ...validatePodAnnotationUpdate(next.metadata.annotations, old.metadata.annotations),
    ...validateConditions(status.conditions ?? []),
    ...validateNomination(status.nominatedNodeName, old),
    ...validateGeneration(status.observedGeneration, 'status.observedGeneration'),
  ];
  if (old.status?.qosClass) {
    errors.push(...validateImmutable(status.qosClass, old.status.qosClass, 'status.qosClass'));
  }
  return [
    ...errors,
    ...validateStates(next, old),
    ...validateClaims(status, spec),
    ...validateExtended(status.extendedResourceClaimStatus, spec),
    ...validatePodAddresses(next, old),
    ...STATUSES.flatMap((name) => validateUsers(status[name] ?? [], `status.${name}`, spec)),
    ...validateAllocated(status.containerStatuses, 'status.containerStatuses', spec.containers),
    ...validateAllocated(status.initContainerStatuses, 'status.initContainerStatuses', spec.initContainers ?? []),
    ...(status.ephemeralContainerStatuses ?? []).flatMap(({ allocatedResourcesStatus: allocated }, i) => {
      if (!allocated?.length) return [];
      const at = `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`;
      return [fieldError.forbidden(at, 'must not be specified in container status')];
    }),
  ];
}

function validateGeneration(generation: number | undefined, field: string): FieldError[] {
  return (generation ?? 0) < 0 ? [fieldError.invalid(field, generation, 'must be a non-negative integer')] : [];
}

function validateConditions(conditions: NonNullable<Status['conditions']>): FieldError[] {
  return conditions.flatMap(({ type, observedGeneration }, i) => {
    const at = `status.conditions[${i}]`;
    return [
      ...validateGeneration(observedGeneration, `${at}.observedGeneration`),
      ...(SYSTEM_CONDITIONS.includes(type) ? [] : invalidEach(`${at}.Type`, type, isQualifiedName(type))),
    ];
  });
}

function validateNomination(name: string | undefined, { status, spec }: Pod): FieldError[] {
  const field = 'status.nominatedNodeName';
  if (!name || name === status?.nominatedNodeName) return [];
  const errors = invalidEach(field, name, isDNS1123Subdomain(name));
  if (spec?.nodeName)
    errors.push(fieldError.forbidden(field, 'may not be set on pods that are already bound to a node'));
  return errors;
}

/** The items by name, the first of several with one name. */
function byName<T extends { name: string }>(items: readonly T[] | undefined): Map<string, T> {
  return new Map((items ?? []).toReversed().map((item) => [item.name, item]));
}

/** A terminated container stays terminated, unless its restart policy or rules start it anew. */
function validateStates({ status: next = {} }: Pod, { status: old = {}, spec }: Pod): FieldError[] {
  const { containers = [], initContainers = [] } = spec ?? {};
  const errors: FieldError[] = [];
  const restartsAll = [...initContainers, ...containers].some(({ restartPolicyRules: rules }) =>
    rules?.some(({ action }) => action === 'RestartAllContainers'),
  );
  const known = {
    containerStatuses: containers,
    initContainerStatuses: initContainers,
    ephemeralContainerStatuses: [],
  };
  for (const name of STATUSES) {
    if (restartsAll && name !== 'ephemeralContainerStatuses') continue;
    const running = (next[name] ?? []).filter(({ state }) => !state?.terminated);
    const [containersOf, statuses] = [byName<Container>(known[name]), byName(running)];
    for (const [i, before] of (old[name] ?? []).entries()) {
      const ended = before.state?.terminated;
      if (!ended || !statuses.has(before.name)) continue;
      const container = containersOf.get(before.name);
      if (container && restarts(container, spec?.restartPolicy, ended.exitCode)) continue;
      errors.push(
        fieldError.forbidden(`status.${name}[${i}].state`, 'may not be transitioned to non-terminated state'),
      );
    }
  }
  return errors;
}

/** `ContainerShouldRestart` */
function restarts(
  { restartPolicy, restartPolicyRules = [] }: Container,
  ofPod: string | undefined,
  code: number,
): boolean {
  if (restartPolicy !== undefined) {
    const rule = restartPolicyRules.find(({ exitCodes }) => {
      const isIn = exitCodes?.values?.includes(code) ?? false;
      return exitCodes?.operator === 'In' ? isIn : exitCodes?.operator === 'NotIn' && !isIn;
    });
    if (rule?.action === 'Restart') return true;
  }
  const policy = restartPolicy || ofPod;
  return policy === 'OnFailure' ? code !== 0 : policy !== 'Never';
}

function validateClaims(
  { resourceClaimStatuses: statuses = [] }: Status,
  { resourceClaims = [] }: PodSpec,
): FieldError[] {
  const seen = new Set<string>();
  return statuses.flatMap(({ name = '', resourceClaimName: claim }, i) => {
    const at = `status.resourceClaimStatuses[${i}]`;
    const errors: FieldError[] = [];
    if (!resourceClaims.some((each) => each.name === name)) {
      const why = 'must match the name of an entry in `spec.resourceClaims`';
      errors.push(fieldError.invalid(`${at}.name`, name, why));
    }
    if (seen.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
    seen.add(name);
    if (claim !== undefined) errors.push(...invalidEach(`${at}.resourceClaimName`, claim, isDNS1123Subdomain(claim)));
    return errors;
  });
}

function validateExtended(status: Status['extendedResourceClaimStatus'], spec: PodSpec): FieldError[] {
  if (!status) return [];
  const field = 'status.extendedResourceClaimStatus';
  const { requestMappings = [], resourceClaimName = '' } = status;
  const errors: FieldError[] = [];
  if (requestMappings.length === 0) {
    errors.push(fieldError.required(`${field}.requestMappings`, 'at least one request mapping is required'));
  }
  const containers = new Map([...(spec.initContainers ?? []), ...spec.containers].map((each) => [each.name, each]));
  const seen = new Set<string>();
  for (const [i, { containerName = '', resourceName = '', requestName = '' }] of requestMappings.entries()) {
    const at = `${field}.requestMappings[${i}]`;
    const container = containers.get(containerName);
    if (!container) {
      const why = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
      errors.push(fieldError.invalid(`${at}.containerName`, containerName, why));
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      const why =
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests';
      errors.push(fieldError.invalid(`${at}.resourceName`, resourceName, why));
    }
    errors.push(...invalidEach(`${field}.requestName`, requestName, isDNS1123Label(requestName)));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key)) {
      for (const [name, value] of Object.entries({ containerName, resourceName, requestName })) {
        errors.push(fieldError.duplicate(`${at}.${name}`, value));
      }
    }
    seen.add(key);
  }
  const at = `${field}.resourceClaimName`;
  if (resourceClaimName === '') return [...errors, fieldError.required(at)];
  return [...errors, ...invalidEach(at, resourceClaimName, isDNS1123Subdomain(resourceClaimName))];
}

function validateUsers(statuses: readonly ContainerStatus[], field: string, { os }: PodSpec): FieldError[] {
  return statuses.flatMap(({ user }, i) => {
    const at = `${field}[${i}].user.linux`;
    if (!user?.linux) return [];
    if (os?.name === 'windows') return [fieldError.forbidden(at, 'cannot be set for a windows pod')];
    if (os && os.name !== 'linux') return [];
    const { uid, gid, supplementalGroups = [] } = user.linux;
    return [
      ...validateId(uid, `${at}.uid`),
      ...validateId(gid, `${at}.gid`),
      ...supplementalGroups.flatMap((id, g) => validateId(id, `${at}.supplementalGroups[${g}]`)),
    ];
  });
}

function validateId(id: number, field: string): FieldError[] {
  if (id >= 0 && id <= MAX_ID) return [];
  return [fieldError.invalid(field, id, `must be between 0 and ${MAX_ID}, inclusive`)];
}

/** Health of the devices of a container. Of containers that the pod does not have, the values alone are checked. */
function validateAllocated(
  statuses: readonly ContainerStatus[] | undefined,
  field: string,
  containers: readonly Container[],
): FieldError[] {
  return (statuses ?? []).flatMap(({ name, allocatedResourcesStatus: allocated }, i) =>
    (allocated ?? []).flatMap((each, j) => {
      const at = `${field}[${i}].allocatedResourcesStatus[${j}]`;
      const container = containers.find((one) => one.name === name);
      return [...(container ? validateOwner(each, container, `${at}.name`) : []), ...validateHealth(each, at)];
    }),
  );
}

function validateOwner({ name = '' }: Allocated, { resources }: Container, field: string): FieldError[] {
  if (!name.startsWith('claim:')) {
    if (resources?.requests?.[name] !== undefined) return [];
    return [fieldError.invalid(field, name, "must match one of the container's resource requests")];
  }
  const names = (resources?.claims ?? []).map(
    (claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`,
  );
  if (names.includes(name)) return [];
  const why =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  return [fieldError.invalid(field, name, why)];
}

function validateHealth({ resources = [] }: Allocated, field: string): FieldError[] {
  const seen = new Set<string>();
  return resources.flatMap(({ health, message, resourceID = '' }, k) => {
    const at = `${field}.resources[${k}]`;
    const errors = validateEnum(health, ['Healthy', 'Unhealthy', 'Unknown'], `${at}.health`);
    if (message === '') errors.push(fieldError.required(`${at}.message`, 'must be non-empty if specified'));
    else if (exceedsUtf8([message ?? ''], MAX_MESSAGE)) errors.push(fieldError.tooLong(`${at}.message`, MAX_MESSAGE));
    if (seen.has(resourceID)) errors.push(fieldError.duplicate(`${at}.resourceID`, resourceID));
    seen.add(resourceID);
    return errors;
  });
}
