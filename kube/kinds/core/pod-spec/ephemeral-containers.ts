/** Containers that are added to a running pod (`validateEphemeralContainers`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { gaveEmpty } from '../../../machinery/schema/empties.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { validateCommon } from './containers.ts';
import { claimNames } from './resource-claims.ts';
import type { Volumes } from './volume-mounts.ts';

const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';

/** A pod's own services need these, and nothing of the kind may depend on a container that comes and goes. */
const FORBIDDEN = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function validateEphemeralContainers(spec: PodSpec, volumes: Volumes, field: string): FieldError[] {
  const { ephemeralContainers = [] } = spec;
  if (ephemeralContainers.length === 0) return [];
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  const named = { volumes, claims: claimNames(spec) };
  return ephemeralContainers.flatMap((ephemeral, index) => {
    const container = ephemeral as Container;
    const { name, image = '', volumeMounts = [] } = container;
    const at = `${field}[${index}]`;
    const errors = validateCommon(container, spec, named, at);
    if (image.trim() !== image) {
      errors.push(fieldError.invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'));
    }
    if (names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
    names.add(name);
    const target = ephemeral.targetContainerName;
    if (target && !others.has(target)) errors.push(fieldError.notFound(`${at}.targetContainerName`, target));
    for (const part of FORBIDDEN) {
      if (isSet(container, part)) errors.push(fieldError.forbidden(`${at}.${part}`, NOT_FOR_EPHEMERAL));
    }
    for (const [i, mount] of volumeMounts.entries()) {
      for (const part of ['subPath', 'subPathExpr'] as const) {
        if (mount[part]) errors.push(fieldError.forbidden(`${at}.volumeMounts[${i}].${part}`, NOT_FOR_EPHEMERAL));
      }
    }
    return errors;
  });
}

/**
 * Whether upstream sees the field as set: an empty list or map counts, an empty `resources`, which Go holds by value,
 * does not.
 */
function isSet(container: Container, part: (typeof FORBIDDEN)[number]): boolean {
  const value = container[part];
  if (part !== 'resources') return value !== undefined || gaveEmpty(container, part);
  const { resources } = container;
  const isGiven = (['limits', 'requests', 'claims'] as const).some((name) => gaveEmpty(resources, name));
  return isGiven || Object.keys(resources ?? {}).length > 0;
}
