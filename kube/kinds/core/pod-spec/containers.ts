/** Containers and init containers (`validateContainers`, `validateInitContainers`). */
import { addErrors, type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label } from '../../../machinery/names.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateContainerPorts, validateHostPorts } from './container-ports.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { PULL_POLICIES } from './images.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { type ClaimNames, claimNames, validateClaimReferences } from './resource-claims.ts';
import { validateResources } from './resource-requirements.ts';
import {
  validateInitRestartPolicy,
  validateNoRestartOnResize,
  validateResizePolicy,
  validateRestartPolicy,
} from './restarts.ts';
import { validateContainerSecurity } from './security.ts';
import { type Volumes, validateVolumeDevices, validateVolumeMounts } from './volume-mounts.ts';

const INIT_ONLY_IF_ALWAYS = 'may not be set for init containers without restartPolicy=Always';

/** The parts of a pod that its containers name. */
interface Named {
  volumes: Volumes;
  claims: ClaimNames;
}

export function validateCommon(
  container: Container,
  spec: PodSpec,
  { volumes, claims }: Named,
  field: string,
): FieldError[] {
  const { name, image, terminationMessagePolicy, imagePullPolicy } = container;
  return [
    ...(name ? invalidEach(`${field}.name`, name, isDNS1123Label(name)) : [fieldError.required(`${field}.name`)]),
    ...(image ? [] : [fieldError.required(`${field}.image`)]),
    ...validateEnum(terminationMessagePolicy, ['File', 'FallbackToLogsOnError'], `${field}.terminationMessagePolicy`),
    ...validateContainerPorts(container.ports, `${field}.ports`),
    ...validateEnv(container.env, `${field}.env`),
    ...validateEnvFrom(container.envFrom, `${field}.envFrom`),
    ...validateVolumeMounts(container, volumes, `${field}.volumeMounts`),
    ...validateVolumeDevices(container, volumes, `${field}.volumeDevices`),
    ...validateEnum(imagePullPolicy, PULL_POLICIES, `${field}.imagePullPolicy`),
    ...validateResources(container.resources, `${field}.resources`),
    ...validateClaimReferences(container.resources, claims, `${field}.resources.claims`),
    ...validateResizePolicy(container.resizePolicy, spec, `${field}.resizePolicy`),
    ...validateContainerSecurity(container.securityContext, spec, `${field}.securityContext`),
  ];
}

export function validateContainers(spec: PodSpec, volumes: Volumes, field: string): FieldError[] {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [fieldError.required(field)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const grace = spec.terminationGracePeriodSeconds;
  const named = { volumes, claims: claimNames(spec) };
  for (const [index, container] of containers.entries()) {
    const at = `${field}[${index}]`;
    addErrors(errors, validateCommon(container, spec, named, at));
    if (names.has(container.name)) errors.push(fieldError.duplicate(`${at}.name`, container.name));
    names.add(container.name);
    addErrors(errors, validateLifecycle(container.lifecycle, grace, `${at}.lifecycle`));
    addErrors(errors, validateProbes(container, grace, at));
    addErrors(errors, validateRestartPolicy(container, at));
  }
  return [...errors, ...validateHostPorts(containers, field)];
}

export function validateInitContainers(spec: PodSpec, volumes: Volumes, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set((spec.containers ?? []).map(({ name }) => name));
  const grace = spec.terminationGracePeriodSeconds;
  const named = { volumes, claims: claimNames(spec) };
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}[${index}]`;
    addErrors(errors, validateCommon(container, spec, named, at));
    addErrors(errors, validateInitRestartPolicy(container, at));
    if (container.name && names.has(container.name)) {
      errors.push(fieldError.duplicate(`${at}.name`, container.name));
    }
    names.add(container.name);
    addErrors(errors, validateHostPorts([container], field));
    if (container.restartPolicy === 'Always') {
      addErrors(errors, validateLifecycle(container.lifecycle, grace, `${at}.lifecycle`));
      addErrors(errors, validateProbes(container, grace, at));
      continue;
    }
    for (const forbidden of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[forbidden]) errors.push(fieldError.forbidden(`${at}.${forbidden}`, INIT_ONLY_IF_ALWAYS));
    }
    addErrors(errors, validateNoRestartOnResize(container, at));
  }
  return errors;
}
