/** `pkg/registry/core/pod/strategy.go` */

import { addErrors, type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label } from '../../machinery/names.ts';
import type { Pod, PodTemplateSpec } from '../../types.ts';
import type { Strategy, Writer } from '../define.ts';
import { joinPodIPs } from './pod-addresses.ts';
import { prepareEphemeralContainers, validateEphemeralContainersUpdate } from './pod-ephemeral-containers.ts';
import { prepareResize, validateResize } from './pod-resize.ts';
import { validatePodAnnotations } from './pod-spec/annotations.ts';
import { applyPodDefaults } from './pod-spec/defaults.ts';
import { mergeMatchLabelKeys } from './pod-spec/match-label-keys.ts';
import { applyAppArmorAnnotations, validateProfilesMatch } from './pod-spec/profile-annotations.ts';
import { qosClass } from './pod-spec/qos.ts';
import { validatePodSpec } from './pod-spec/validate.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { podStatusWarnings, preparePodStatus, validatePodStatusUpdate } from './pod-status.ts';
import { validatePodUpdate } from './pod-update.ts';
import { simulatedWarnings } from './simulated-annotations.ts';

/** Upstream's conversion makes a negative grace period one second (`pkg/apis/core/v1/conversion.go`). */
function applyDefaults(pod: Pod): void {
  applyPodDefaults(pod);
  joinPodIPs(pod);
  if (pod.spec && (pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1;
}

function prepareForCreate(pod: Pod, { warn }: Writer): void {
  if (!pod.spec) return;
  // A class that the client gives stays (`GetPodQOS`).
  pod.status = { phase: 'Pending', qosClass: pod.status?.qosClass || qosClass(pod.spec) };
  if (pod.spec.schedulingGates?.length) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastTransitionTime: pod.metadata.creationTimestamp ?? undefined,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  }
  applyAppArmorAnnotations(pod, warn);
  mergeMatchLabelKeys(pod);
}

/** A pod that runs nowhere is gone at once. */
function checkGracefulDelete({ spec, status }: Pod, requested?: number): number {
  if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
  const period = requested ?? spec.terminationGracePeriodSeconds ?? 0;
  return period < 0 ? 1 : period;
}

function validate(pod: Pod): FieldError[] {
  const { spec = { containers: [] }, metadata } = pod;
  const errors = validatePodAnnotations(pod as PodTemplateSpec, 'metadata.annotations');
  addErrors(errors, validatePodSpec(spec, 'spec', metadata));
  for (const which of ['containers', 'initContainers'] as const) {
    for (const [index, { image = '' }] of (spec[which] ?? []).entries()) {
      if (image.trim() === image) continue;
      const detail = 'must not have leading or trailing whitespace';
      errors.push(fieldError.invalid(`spec.${which}[${index}].image`, image, detail));
    }
  }
  // New objects have none yet.
  if (metadata.resourceVersion) return errors;
  if (spec.ephemeralContainers?.length) {
    errors.push(fieldError.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (spec.nodeName && spec.schedulingGates?.length) {
    const detail = 'cannot be set until all schedulingGates have been cleared';
    errors.push(fieldError.forbidden('spec.nodeName', detail));
  }
  addErrors(errors, validateProfilesMatch(pod as PodTemplateSpec, 'spec'));
  return errors;
}

function warnings(pod: Pod, old?: Pod): string[] {
  if (old) return simulatedWarnings(pod, 'metadata.annotations', old.metadata.annotations);
  const messages = isDNS1123Label(pod.metadata.name ?? '');
  const name =
    messages.length > 0
      ? [
          `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
        ]
      : [];
  return [...name, ...podWarnings(pod as PodTemplateSpec)];
}

export const podStrategy: Strategy<Pod> = {
  applyDefaults,
  prepareForCreate,
  prepareForStatusUpdate: preparePodStatus,
  validate,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  subresources: {
    ephemeralcontainers: {
      prepareForUpdate: prepareEphemeralContainers,
      validateUpdate: (next, old) => validateEphemeralContainersUpdate(next, old, validate(next)),
    },
    resize: {
      prepareForUpdate: prepareResize,
      validateUpdate: (next, old) => validateResize(next, old, validate(next)),
    },
  },
  warnings,
  statusWarnings: podStatusWarnings,
  checkGracefulDelete,
};
