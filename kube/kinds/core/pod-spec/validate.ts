/** The spec of a pod, and the templates of pods (`ValidatePodSpec`, `ValidatePodTemplateSpec`). */

import { addErrors, type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../../machinery/names.ts';
import type { ObjectMeta } from '../../../machinery/object.ts';
import type { PodSpec, PodTemplateSpec } from '../../../types.ts';
import { validateAnnotations } from '../../metadata.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateLabels } from '../../validation/labels.ts';
import { isMirrorPod } from '../static-pods.ts';
import { validatePodAnnotations } from './annotations.ts';
import { validateContainers, validateInitContainers } from './containers.ts';
import {
  validateDNSConfig,
  validateDNSPolicy,
  validateHostAliases,
  validateHostNames,
  validateHostnameOverride,
} from './dns.ts';
import { validateFileVolumes } from './env.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateProfilesMatch } from './profile-annotations.ts';
import { validateResourceClaims } from './resource-claims.ts';
import { validatePodResources, validateResources } from './resource-requirements.ts';
import { validateAffinity, validateGates, validateSpread, validateTolerations } from './scheduling.ts';
import { validateHostUsers, validatePodSecurity } from './security.ts';
import { validateVolumes } from './volumes.ts';
import { validateForOS, validateHostProcess } from './windows.ts';

const MAX_INT32 = 2 ** 31 - 1;
const RESTART_POLICIES: readonly string[] = ['Always', 'OnFailure', 'Never'];
const NAMES = ['serviceAccountName', 'nodeName'] as const;

/** `isPod`: not a template, where what is left open will be filled in later. */
function validateHostNetwork({ hostNetwork, containers }: PodSpec, field: string, isPod: boolean): FieldError[] {
  if (!hostNetwork) return [];
  return (containers ?? []).flatMap(({ ports }, index) =>
    (ports ?? []).flatMap(({ hostPort = 0, containerPort }, at) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            fieldError.invalid(
              `${field}.containers[${index}].ports[${at}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  );
}

function validateOS(spec: PodSpec, field: string): FieldError[] {
  const { os } = spec;
  if (!os) return [];
  if (!os.name) return [fieldError.required(`${field}.os.name`)];
  const errors = validateEnum(os.name, ['linux', 'windows'], `${field}.os`);
  return errors.length > 0 ? errors : validateForOS(spec, field);
}

/** `pod`: the metadata of the pod whose spec it is, and no template's. */
export function validatePodSpec(spec: PodSpec, field: string, pod?: ObjectMeta): FieldError[] {
  const isPod = pod !== undefined;
  const { volumes, errors } = validateVolumes(spec.volumes, `${field}.volumes`, pod);
  const isMirror = isPod && isMirrorPod({ metadata: pod });
  addErrors(errors, [
    ...validateResourceClaims(spec, isMirror, `${field}.resourceClaims`),
    ...validateContainers(spec, volumes, `${field}.containers`),
    ...validateInitContainers(spec, volumes, `${field}.initContainers`),
    ...validateEphemeralContainers(spec, volumes, `${field}.ephemeralContainers`),
    ...validatePodResources(spec, `${field}.resources`),
    ...validateHostNetwork(spec, field, isPod),
    ...validateEnum(spec.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`),
    ...validateDNSPolicy(spec, field),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validatePodSecurity(spec, `${field}.securityContext`),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...validateDNSConfig(spec, field),
    ...validateGates(spec, field),
    ...validateSpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...validateHostProcess(spec, field),
    ...validateHostUsers(spec, field),
    ...validateHostnameOverride(spec, field),
  ]);
  for (const name of NAMES) {
    const value = spec[name];
    if (value) addErrors(errors, invalidEach(`${field}.${name}`, value, isDNS1123Subdomain(value)));
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    const detail = `must be between 1 and ${MAX_INT32}, inclusive`;
    errors.push(fieldError.invalid(`${field}.activeDeadlineSeconds`, deadline, detail));
  }
  addErrors(errors, [
    ...validateHostNames(spec, field),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...validateHostAliases(spec, field),
  ]);
  const { priorityClassName, runtimeClassName } = spec;
  for (const [name, value] of Object.entries({ priorityClassName: priorityClassName || undefined, runtimeClassName })) {
    if (value !== undefined) addErrors(errors, invalidEach(`${field}.${name}`, value, isDNS1123Subdomain(value)));
  }
  if (spec.preemptionPolicy === '') errors.push(fieldError.required(`${field}.preemptionPolicy`));
  else if (spec.preemptionPolicy !== undefined) {
    const policies = ['PreemptLowerPriority', 'Never'];
    addErrors(errors, validateEnum(spec.preemptionPolicy, policies, `${field}.preemptionPolicy`));
  }
  if (spec.overhead) addErrors(errors, validateResources({ limits: spec.overhead }, `${field}.overhead`));
  return [...errors, ...validateOS(spec, field), ...validateFileVolumes(spec, field)];
}

export function validatePodTemplate(template: PodTemplateSpec | undefined, field: string): FieldError[] {
  const errors = [
    ...validateLabels(template?.metadata?.labels, `${field}.labels`),
    ...validateAnnotations(template?.metadata?.annotations, `${field}.annotations`),
    ...validatePodAnnotations(template ?? {}, `${field}.annotations`),
    ...validatePodSpec(template?.spec ?? { containers: [] }, `${field}.spec`),
    ...validateProfilesMatch(template ?? {}, `${field}.spec`),
  ];
  if (template?.spec?.ephemeralContainers?.length) {
    const detail = 'ephemeral containers not allowed in pod template';
    errors.push(fieldError.forbidden(`${field}.spec.ephemeralContainers`, detail));
  }
  return errors;
}
