/**
 * A pod's fields for Windows, and those that no other system has (`validateWindowsSecurityContextOptions`,
 * `validateOS`).
 */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../../machinery/names.ts';
import { gaveEmpty } from '../../../machinery/schema/empties.ts';
import { exceedsUtf8 } from '../../../machinery/utf8-size.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { invalidEach } from '../../validation/fields.ts';

type Options = NonNullable<NonNullable<Container['securityContext']>['windowsOptions']>;

const MAX_SPEC_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const CONTROL = /[\u0000-\u001f\u007f]/;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS = /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/;

/** `DOMAIN\USER`, or a user alone. */
function userFaults(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const faults: string[] = [];
  if ((domain?.length ?? 0) >= MAX_DOMAIN) {
    faults.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  }
  if (domain !== undefined && !NET_BIOS.test(domain) && !DNS.test(domain)) {
    faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') faults.push("runAsUserName's User cannot be empty");
  else if (exceedsUtf8([user], MAX_USER)) {
    faults.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  }
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    faults.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return faults;
}

export function validateWindowsOptions(options: Options | undefined, field: string): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors =
    name === undefined ? [] : invalidEach(`${field}.gmsaCredentialSpecName`, name, isDNS1123Subdomain(name));
  if (spec === '') {
    errors.push(
      fieldError.invalid(`${field}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'),
    );
  } else if (spec !== undefined && new TextEncoder().encode(spec).length > MAX_SPEC_KIB * 1024) {
    const detail = `gmsaCredentialSpec size must be under ${MAX_SPEC_KIB} KiB`;
    errors.push(fieldError.invalid(`${field}.gmsaCredentialSpec`, spec, detail));
  }
  return user === undefined ? errors : [...errors, ...invalidEach(`${field}.runAsUserName`, user, userFaults(user))];
}

/** Every container with its path, in upstream's order. */
export function containersOf(spec: PodSpec, field: string): [Partial<Container>, string][] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((one, index): [Partial<Container>, string] => [one, `${field}.${list}[${index}]`]),
  );
}

/** Containers that are processes of the host are all of a pod's, and use its network. */
export function validateHostProcess(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const all = containersOf(spec, field);
  let count = 0;
  for (const [{ securityContext }, at] of all) {
    const own = securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && own !== ofPod) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(fieldError.invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, detail));
    }
    if (own ?? ofPod) count++;
  }
  if (count === 0) return errors;
  if (count !== all.length) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(fieldError.invalid(field, '', detail));
  }
  if (!spec.hostNetwork) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(fieldError.invalid(`${field}.hostNetwork`, false, detail));
  }
  return errors;
}

/** Of this one an empty list counts. */
const GROUPS = 'securityContext.supplementalGroups';
const OF_POD = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  GROUPS,
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
];
const OF_CONTAINERS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];
/** Of these false counts as left out: Go holds them by value. */
const BY_VALUE: ReadonlySet<string> = new Set(['hostPID', 'hostIPC']);

/** Fields of the other system (`validateLinux`, `validateWindows`). */
export function validateForOS(spec: PodSpec, field: string): FieldError[] {
  const containers = containersOf(spec, field);
  if (spec.os?.name === 'linux') {
    const detail = 'windows options cannot be set for a linux pod';
    const contexts = [[spec, field] as const, ...containers];
    return contexts.flatMap(([{ securityContext }, at]) =>
      securityContext?.windowsOptions ? [fieldError.forbidden(`${at}.securityContext.windowsOptions`, detail)] : [],
    );
  }
  if (spec.os?.name !== 'windows') return [];
  const refused = (at: string) => fieldError.forbidden(at, 'cannot be set for a windows pod');
  return [
    ...OF_POD.flatMap((path) => (isSet(spec, path) ? [refused(`${field}.${path}`)] : [])),
    ...containers.flatMap(([{ securityContext = {} }, at]) =>
      OF_CONTAINERS.flatMap((name) => (isSet(securityContext, name) ? [refused(`${at}.securityContext.${name}`)] : [])),
    ),
  ];
}

function isSet(object: object, path: string): boolean {
  let value: unknown = object;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  if (path === GROUPS && gaveEmpty((object as PodSpec).securityContext, 'supplementalGroups')) return true;
  return BY_VALUE.has(path) ? value === true : value !== undefined && value !== null;
}
