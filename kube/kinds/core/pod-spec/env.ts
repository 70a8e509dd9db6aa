/** Environment variables (`ValidateEnv`, `ValidateEnvFrom`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isConfigMapKey, isDNS1123Label, isDNS1123Subdomain, isEnvVarName } from '../../../machinery/names.ts';
import type { EnvFromSource, EnvVar, PodSpec } from '../../../types.ts';
import { invalidEach } from '../../validation/fields.ts';
import { ENV_FIELDS, validateFieldRef, validateResourceRef } from './field-refs.ts';
import { validateNoBacksteps } from './paths.ts';

const ONE = 'may not have more than one field specified at a time';

function validateKeyRef({ name = '', key }: { name?: string; key?: string }, field: string): FieldError[] {
  const errors = invalidEach(`${field}.name`, name, isDNS1123Subdomain(name));
  if (!key) return [...errors, fieldError.required(`${field}.key`)];
  return [...errors, ...invalidEach(`${field}.key`, key, isConfigMapKey(key))];
}

function validateFileKeyRef(
  { volumeName, path, key }: { volumeName?: string; path?: string; key?: string },
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!key) errors.push(fieldError.required(`${field}.key`));
  else errors.push(...invalidEach(`${field}.key`, key, isEnvVarName(key)));
  if (!volumeName) errors.push(fieldError.required(`${field}.volumeName`));
  else errors.push(...invalidEach(`${field}.volumeName`, volumeName, isDNS1123Label(volumeName)));
  if (!path) errors.push(fieldError.required(`${field}.path`));
  else errors.push(...validateNoBacksteps(path, `${field}.path`));
  return errors;
}

function validateValueFrom({ value, valueFrom }: EnvVar, field: string): FieldError[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, `${field}.fieldRef`));
  if (resourceFieldRef) errors.push(...validateResourceRef(resourceFieldRef, false, `${field}.resourceFieldRef`));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, `${field}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, `${field}.secretKeyRef`));
  if (fileKeyRef) errors.push(...validateFileKeyRef(fileKeyRef, `${field}.fileKeyRef`));
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (count === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(fieldError.invalid(field, '', detail));
  } else if (value) errors.push(fieldError.invalid(field, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(fieldError.invalid(field, '', ONE));
  return errors;
}

export function validateEnv(variables: readonly EnvVar[] | undefined, field: string): FieldError[] {
  return (variables ?? []).flatMap((variable, index) => {
    const at = `${field}[${index}]`;
    const name = variable.name
      ? invalidEach(`${at}.name`, variable.name, isEnvVarName(variable.name))
      : [fieldError.required(`${at}.name`)];
    return [...name, ...validateValueFrom(variable, `${at}.valueFrom`)];
  });
}

/** Upstream judges these names as ones that are completed, which may end with a dash (`maskTrailingDash`). */
function asPrefix(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

export function validateEnvFrom(sources: readonly EnvFromSource[] | undefined, field: string): FieldError[] {
  return (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const errors = prefix ? invalidEach(`${at}.prefix`, prefix, isEnvVarName(prefix)) : [];
    for (const [name, reference] of Object.entries({ configMapRef, secretRef })) {
      if (!reference) continue;
      if (!reference.name) errors.push(fieldError.required(`${at}.${name}.name`));
      else
        errors.push(...invalidEach(`${at}.${name}.name`, reference.name, isDNS1123Subdomain(asPrefix(reference.name))));
    }
    if (!configMapRef && !secretRef) {
      errors.push(fieldError.invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef && secretRef) errors.push(fieldError.invalid(field, '', ONE));
    return errors;
  });
}

/** Files that variables are read from lie in the pod's own room (`validateFileKeyRefVolumes`). */
export function validateFileVolumes(spec: PodSpec, field: string): FieldError[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((which) =>
    (spec[which] ?? []).flatMap(({ env = [] }, index) =>
      env.flatMap(({ valueFrom }, position) => {
        if (!valueFrom?.fileKeyRef) return [];
        const { volumeName = '' } = valueFrom.fileKeyRef;
        const at = `${field}.${which}[${index}].env[${position}].valueFrom.fileKeyRef.volumeName`;
        const volume = volumes.get(volumeName);
        if (!volume) return [fieldError.notFound(at, volumeName)];
        return volume.emptyDir
          ? []
          : [fieldError.invalid(at, volumeName, 'referenced volume must be of type emptyDir')];
      }),
    ),
  );
}
