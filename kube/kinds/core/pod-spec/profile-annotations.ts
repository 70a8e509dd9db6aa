/**
 * Annotations that named profiles of AppArmor and seccomp before there were fields for them. Those of AppArmor still
 * become fields (`applyAppArmorVersionSkew` in `pkg/registry/core/pod/strategy.go`); both must agree with the fields.
 */
import { entryOf } from '../../../machinery/entries.ts';
import { sameJson } from '../../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../../types.ts';
import { validateDescendingPath } from './paths.ts';
import { type Profile, validateProfile } from './security.ts';

export const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
export const APP_ARMOR_TEXT = 'deprecated since v1.30; use the "appArmorProfile" field instead';
export const POD_SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
export const CONTAINER_SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';

const LOCALHOST = 'localhost/';
const UNCONFINED = 'unconfined';
const RUNTIME_DEFAULT = 'runtime/default';
const DOCKER_DEFAULT = 'docker/default';

type Annotations = Readonly<Record<string, string>>;

function containersOf(spec: PodSpec, field: string): [container: Container, field: string][] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index): [Container, string] => [
      container as Container,
      `${field}.${list}[${index}]`,
    ]),
  );
}

/** `ApparmorFieldForAnnotation`; undefined for an annotation that names no valid profile. */
export function appArmorProfileOf(annotation: string): Profile | undefined {
  if (annotation === UNCONFINED) return { type: 'Unconfined' };
  if (annotation === RUNTIME_DEFAULT) return { type: 'RuntimeDefault' };
  if (!annotation.startsWith(LOCALHOST)) return undefined;
  const profile = { type: 'Localhost', localhostProfile: annotation.slice(LOCALHOST.length) };
  return validateProfile(profile, '', 'appArmorProfile').length === 0 ? profile : undefined;
}

/** Containers get the profiles that annotations name for them. Warns where there was no field. */
export function applyAppArmorAnnotations({ metadata, spec }: Pod, warn: (text: string) => void): void {
  if (!spec || spec.os?.name === 'windows') return;
  for (const [container] of containersOf(spec, '')) {
    const key = APP_ARMOR + container.name;
    const annotation = metadata.annotations?.[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) continue;
    const profile = appArmorProfileOf(annotation);
    if (profile && sameJson(profile, spec.securityContext?.appArmorProfile)) continue;
    if (profile) {
      container.securityContext ??= {};
      container.securityContext.appArmorProfile = profile;
    }
    warn(`metadata.annotations[${key}]: ${APP_ARMOR_TEXT}`);
  }
}

function validateSeccompAnnotation(profile: string, field: string): FieldError[] {
  if ([RUNTIME_DEFAULT, DOCKER_DEFAULT, UNCONFINED].includes(profile)) return [];
  if (profile.startsWith(LOCALHOST)) return validateDescendingPath(profile.slice(LOCALHOST.length), field);
  return [fieldError.invalid(field, profile, 'must be a valid seccomp profile')];
}

/** `ValidateSeccompPodAnnotations` and `ValidateAppArmorPodAnnotations` */
export function validateProfileAnnotations(annotations: Annotations, spec: PodSpec | undefined, field: string) {
  const errors: FieldError[] = [];
  const names = new Set(spec && containersOf(spec, '').map(([{ name }]) => name));
  for (const [key, profile] of Object.entries(annotations)) {
    if (key !== POD_SECCOMP && !key.startsWith(CONTAINER_SECCOMP)) continue;
    errors.push(...validateSeccompAnnotation(profile, `${field}.${key}`));
  }
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(APP_ARMOR)) continue;
    const name = key.slice(APP_ARMOR.length);
    if (!names.has(name)) errors.push(fieldError.invalid(`${field}[${key}]`, name, 'container not found'));
    if (profile !== '' && profile !== RUNTIME_DEFAULT && profile !== UNCONFINED && !profile.startsWith(LOCALHOST)) {
      const detail = `invalid AppArmor profile name: ${JSON.stringify(profile)}`;
      errors.push(fieldError.invalid(`${field}[${key}]`, profile, detail));
    }
  }
  return errors;
}

/** The names that an annotation may have for the profile of a field. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  Unconfined: [UNCONFINED],
  RuntimeDefault: [RUNTIME_DEFAULT],
};

function validateMatch(
  annotation: string | undefined,
  profile: Profile | undefined,
  field: string,
  what: 'seccomp' | 'apparmor',
): FieldError[] {
  if (annotation === undefined || !profile) return [];
  const { type, localhostProfile } = profile;
  const others = [fieldError.forbidden(`${field}.type`, `${what} type in annotation and field must match`)];
  if (type === 'Localhost') {
    if (!annotation.startsWith(LOCALHOST)) return others;
    if (annotation.slice(LOCALHOST.length) === localhostProfile) return [];
    return [fieldError.forbidden(`${field}.localhostProfile`, `${what} profile in annotation and field must match`)];
  }
  const isDocker = what === 'seccomp' && type === 'RuntimeDefault' && annotation === DOCKER_DEFAULT;
  return isDocker || (entryOf(NAMES, type)?.includes(annotation) ?? true) ? [] : others;
}

/** `validateSeccompAnnotationsAndFields` and `validateAppArmorAnnotationsAndFieldsMatchOnCreate` */
export function validateProfilesMatch({ metadata, spec }: PodTemplateSpec, field: string): FieldError[] {
  const annotations: Annotations = metadata?.annotations ?? {};
  if (!spec) return [];
  const { securityContext, os } = spec;
  const containers = containersOf(spec, field);
  const seccomp = containers.flatMap(([{ name, securityContext: own }, at]) =>
    validateMatch(
      annotations[CONTAINER_SECCOMP + name],
      own?.seccompProfile,
      `${at}.securityContext.seccompProfile`,
      'seccomp',
    ),
  );
  const appArmor = containers.flatMap(([{ name, securityContext: own }, at]) => {
    const profile = own?.appArmorProfile ?? securityContext?.appArmorProfile;
    return validateMatch(annotations[APP_ARMOR + name], profile, `${at}.securityContext.appArmorProfile`, 'apparmor');
  });
  return [
    ...validateMatch(
      annotations[POD_SECCOMP],
      securityContext?.seccompProfile,
      `${field}.securityContext.seccompProfile`,
      'seccomp',
    ),
    ...seccomp,
    ...(os?.name === 'windows' ? [] : appArmor),
  ];
}
