/** `ValidateStatefulSet` in `pkg/apis/apps/validation/validation.go` */

import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label } from '../../machinery/names.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { PodTemplateSpec, StatefulSet } from '../../types.ts';
import { validateClaimSpec } from '../core/claim-validation.ts';
import { validatePodTemplate } from '../core/pod-spec/validate.ts';
import { invalidEach, validateEnum, validateNonNegative } from '../validation/fields.ts';
import { amount, validateAtMost100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import {
  readSelector,
  validateAlwaysRestarted,
  validateCollisions,
  validateCounts,
  validateSelector,
  validateSelects,
} from '../validation/workloads.ts';

type Spec = NonNullable<StatefulSet['spec']>;

const MAY_CHANGE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const MAY_NOT_CHANGE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function validateUpdateStrategy({ updateStrategy = {} }: Spec): FieldError[] {
  const field = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy;
  if (!type) return [fieldError.required(field)];
  const at = `${field}.rollingUpdate`;
  if (type === 'OnDelete') {
    if (!rollingUpdate) return [];
    const shown = { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
    return [fieldError.invalid(at, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== 'RollingUpdate') {
    const value = { Type: type, RollingUpdate: null };
    return [fieldError.invalid(field, value, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  const errors = validateNonNegative(rollingUpdate?.partition, `${at}.partition`);
  const most = rollingUpdate?.maxUnavailable;
  if (most === undefined) return errors;
  errors.push(...validateIntOrPercent(most, `${at}.maxUnavailable`));
  if (amount(most) === 0) errors.push(fieldError.invalid(`${at}.maxUnavailable`, most, 'cannot be 0'));
  return [...errors, ...validateAtMost100Percent(most, `${at}.maxUnavailable`)];
}

/** The template as pods will see it: with the volumes that claims are made for. */
function withClaims({ template, volumeClaimTemplates = [] }: Spec): PodTemplateSpec {
  // Two of one name are one claim.
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = Array.from(names, (name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = (template?.spec?.volumes ?? []).filter(({ name }) => !names.has(name));
  const spec = { ...(template?.spec ?? { containers: [] }), volumes: [...claims, ...others] };
  return { ...template, spec: { ...spec, hostname: undefined, subdomain: undefined } };
}

export function validateStatefulSet({ spec = {} as Spec, metadata }: StatefulSet): FieldError[] {
  const { podManagementPolicy: policy = '', persistentVolumeClaimRetentionPolicy: retention } = spec;
  const errors: FieldError[] = [];
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(fieldError.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  errors.push(...validateUpdateStrategy(spec));
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    const field = `spec.persistentVolumeClaimRetentionPolicy.${when}`;
    errors.push(...validateEnum(retention?.[when], ['Retain', 'Delete'], field));
  }
  // Stored templates can't be changed any more.
  for (const [index, claim] of metadata.resourceVersion ? [] : (spec.volumeClaimTemplates ?? []).entries()) {
    errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  }
  errors.push(...validateNonNegative(spec.replicas, 'spec.replicas'));
  errors.push(...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...validateNonNegative(spec.ordinals?.start, 'spec.ordinals.start'));
  // A stored name can't be changed any more.
  const { serviceName } = spec;
  if (serviceName && !metadata.resourceVersion) {
    errors.push(...invalidEach('spec.serviceName', serviceName, isDNS1123Label(serviceName)));
  }
  errors.push(...validateSelector(spec.selector, 'statefulset', 'spec.selector'));
  const selector = readSelector(spec.selector, 'spec.selector');
  const at = 'spec.template';
  if (!selector) errors.push(fieldError.invalid('spec.selector', spec.selector, ''));
  else {
    const template = withClaims(spec);
    errors.push(...validateSelects(selector, template, at), ...validatePodTemplate(template, at));
  }
  return [...errors, ...validateAlwaysRestarted(spec.template, 'StatefulSet', at)];
}

export function validateStatefulSetUpdate({ spec: next }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  const kept = Object.fromEntries(MAY_CHANGE.map((field) => [field, old?.[field]]));
  const same = semanticEqual(schemaOf('io.k8s.api.apps.v1.StatefulSetSpec'), { ...next, ...kept }, old);
  return same ? [] : [fieldError.forbidden('spec', MAY_NOT_CHANGE)];
}

export function validateStatefulSetStatusUpdate({ status }: StatefulSet, old: StatefulSet): FieldError[] {
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
  return [
    ...validateCounts(status, parts, ['observedGeneration', 'collisionCount'], 'status.readyReplicas'),
    ...validateCollisions(status, old.status),
  ];
}
