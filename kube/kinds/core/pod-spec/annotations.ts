/** Annotations that mean something to the cluster (`ValidatePodSpecificAnnotations`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { PodTemplateSpec } from '../../../types.ts';
import { CONFIG_MIRROR } from '../static-pods.ts';
import { APP_ARMOR, validateProfileAnnotations } from './profile-annotations.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const MAX_COST = 2n ** 31n;

type Annotations = Readonly<Record<string, string>>;

function isDeletionCost(text: string): boolean {
  if (!/^(?:0|-\d+|[1-9]\d*)$/.test(text)) return false;
  return BigInt(text) < MAX_COST && BigInt(text) >= -MAX_COST;
}

/** The rules for annotations of pods and of templates. */
export function validatePodAnnotations({ metadata, spec }: PodTemplateSpec, field: string): FieldError[] {
  const annotations: Annotations = metadata?.annotations ?? {};
  const { [DELETION_COST]: cost, [CONFIG_MIRROR]: mirror } = annotations;
  const errors: FieldError[] = [];
  if (mirror !== undefined && !spec?.nodeName) {
    const detail = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(fieldError.invalid(`${field}[${CONFIG_MIRROR}]`, mirror, detail));
  }
  if (cost !== undefined && !isDeletionCost(cost)) {
    errors.push(fieldError.invalid(`${field}[${DELETION_COST}]`, cost, 'must be a 32bit integer'));
  }
  errors.push(...validateProfileAnnotations(annotations, spec, field));
  return errors;
}

/** Annotations that a pod's node has acted on stay as they are (`ValidatePodSpecificAnnotationUpdates`). */
export function validatePodAnnotationUpdate(next: Annotations = {}, old: Annotations = {}): FieldError[] {
  const field = 'metadata.annotations';
  const refuse = (key: string, what: string): FieldError[] => {
    const is =
      key === CONFIG_MIRROR ? 'mirror pod annotation' : key.startsWith(APP_ARMOR) ? 'AppArmor annotations' : undefined;
    return is === undefined ? [] : [fieldError.forbidden(`${field}[${key}]`, `may not ${what} ${is}`)];
  };
  return [
    ...Object.keys(old).flatMap((key) => (next[key] === old[key] ? [] : refuse(key, 'remove or update'))),
    ...Object.keys(next).flatMap((key) => (old[key] === undefined ? refuse(key, 'add') : [])),
  ];
}
