/** Security contexts (`ValidateSecurityContext`, `validatePodSpecSecurityContext`). */

import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { exceedsUtf8 } from '../../../machinery/utf8-size.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { validateEnum } from '../../validation/fields.ts';
import { validateDescendingPath } from './paths.ts';
import { validateSysctls } from './sysctls.ts';
import { containersOf, validateWindowsOptions } from './windows.ts';

const MAX_ID = 2 ** 31 - 1;
/** The longest path that Linux takes. */
const MAX_PROFILE = 4095;

function validateId(id: number | undefined, field: string): FieldError[] {
  if (id === undefined || (id >= 0 && id <= MAX_ID)) return [];
  return [fieldError.invalid(field, id, `must be between 0 and ${MAX_ID}, inclusive`)];
}

export interface Profile {
  type: string;
  localhostProfile?: string;
}

/** `what`: the name of its field. */
export function validateProfile(profile: Profile | undefined, field: string, what: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const errors = type
    ? validateEnum(type, ['Localhost', 'RuntimeDefault', 'Unconfined'], `${field}.type`)
    : [fieldError.required(`${field}.type`, `type is required when ${what} is set`)];
  const isSeccomp = what === 'seccompProfile';
  if (type === 'Localhost') {
    const at = `${field}.localhostProfile`;
    const detail = `must be set when ${isSeccomp ? 'seccomp' : 'AppArmor'} type is Localhost`;
    if (localhostProfile === undefined) errors.push(fieldError.required(at, detail));
    else if (isSeccomp) errors.push(...validateDescendingPath(localhostProfile, at));
    else if (localhostProfile.trim() !== localhostProfile) {
      errors.push(fieldError.invalid(at, localhostProfile, 'must not be padded with whitespace'));
    } else if (localhostProfile === '') errors.push(fieldError.required(at, detail));
    if (!isSeccomp && exceedsUtf8([localhostProfile ?? ''], MAX_PROFILE))
      errors.push(fieldError.tooLong(at, MAX_PROFILE));
  } else if (localhostProfile !== undefined && (isSeccomp || type === 'RuntimeDefault' || type === 'Unconfined')) {
    const detail = `can only be set when ${isSeccomp ? 'seccomp' : 'AppArmor'} type is Localhost`;
    // Upstream shows its own form of the whole profile of seccomp.
    const shown = isSeccomp ? { Type: type, LocalhostProfile: localhostProfile } : localhostProfile;
    errors.push(fieldError.invalid(`${field}.localhostProfile`, shown, detail));
  }
  return errors;
}

function validateProcMount(procMount: string, { hostUsers = true }: PodSpec, field: string): FieldError[] {
  if (procMount === 'Unmasked' && hostUsers) {
    return [fieldError.invalid(field, procMount, '`hostUsers` must be false to use `Unmasked`')];
  }
  return validateEnum(procMount, ['Default', 'Unmasked'], field);
}

export function validateContainerSecurity(
  context: Container['securityContext'],
  spec: PodSpec,
  field: string,
): FieldError[] {
  if (!context) return [];
  const { procMount } = context;
  const errors = [
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...(procMount === undefined ? [] : validateProcMount(procMount, spec, `${field}.procMount`)),
    ...validateProfile(context.seccompProfile, `${field}.seccompProfile`, 'seccompProfile'),
  ];
  if (context.allowPrivilegeEscalation === false) {
    const against: string[] = [];
    if (context.privileged) against.push('`privileged` to true');
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) against.push('`capabilities.Add` CAP_SYS_ADMIN');
    for (const what of against) {
      const detail = `cannot set \`allowPrivilegeEscalation\` to false and ${what}`;
      errors.push(fieldError.invalid(field, context, detail));
    }
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateProfile(context.appArmorProfile, `${field}.appArmorProfile`, 'appArmorProfile'),
  ];
}

/** A user namespace of its own goes with no other namespace of the host, and no device changes its owners. */
export function validateHostUsers(spec: PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const names = { hostNetwork: 'hostNetwork', hostPID: 'HostPID', hostIPC: 'HostIPC' } as const;
  const shared = Object.entries(names).flatMap(([name, shown]) =>
    spec[name as keyof typeof names] ? [`${field}.${shown}`] : [],
  );
  const devices = containersOf(spec, field).flatMap(([{ volumeDevices }, at]) =>
    volumeDevices?.length ? [`${at}.volumeDevices`] : [],
  );
  return [...shared, ...devices].map((at) => fieldError.forbidden(at, 'when `hostUsers` is false'));
}

const POLICIES = {
  supplementalGroupsPolicy: ['Merge', 'Strict'],
  seLinuxChangePolicy: ['Recursive'],
} as const;

export function validatePodSecurity(spec: PodSpec, field: string): FieldError[] {
  const { securityContext: context, shareProcessNamespace, hostPID } = spec;
  const errors: FieldError[] = [];
  for (const id of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    errors.push(...validateId(context?.[id], `${field}.${id}`));
  }
  for (const [index, id] of (context?.supplementalGroups ?? []).entries()) {
    errors.push(...validateId(id, `${field}.supplementalGroups[${index}]`));
  }
  if (shareProcessNamespace && hostPID) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldError.invalid(`${field}.shareProcessNamespace`, true, detail));
  }
  errors.push(...validateSysctls(spec, `${field}.sysctls`));
  if (context?.fsGroupChangePolicy !== undefined) {
    const policies = ['Always', 'OnRootMismatch'];
    errors.push(...validateEnum(context.fsGroupChangePolicy, policies, `${field}.fsGroupChangePolicy`));
  }
  errors.push(...validateProfile(context?.seccompProfile, `${field}.seccompProfile`, 'seccompProfile'));
  errors.push(...validateWindowsOptions(context?.windowsOptions, `${field}.windowsOptions`));
  errors.push(...validateProfile(context?.appArmorProfile, `${field}.appArmorProfile`, 'appArmorProfile'));
  for (const [name, policies] of Object.entries(POLICIES)) {
    const policy = context?.[name as keyof typeof POLICIES];
    if (policy !== undefined) errors.push(...validateEnum(policy, policies, `${field}.${name}`));
  }
  return errors;
}
