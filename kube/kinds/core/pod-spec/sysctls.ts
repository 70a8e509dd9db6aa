/** Settings of the kernel that a pod asks for (`validateSysctls`; component-helpers `node/util/sysctl/namespace.go`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { PodSpec } from '../../../types.ts';

const LENGTH = 253;
const TEXT = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL = new RegExp(TEXT);

/** Those of semaphores, shared memory and messages. */
const OF_IPC = /^(kernel\.(sem|shmall|shmmax|shmmni|shm_rmid_forced|shm|msgmax|msgmnb|msgmni|msg)$|fs\.mqueue\.)/;
const OF_NETWORK = /^net\./;

export function validateSysctls(spec: PodSpec, field: string): FieldError[] {
  const seen = new Set<string>();
  return (spec.securityContext?.sysctls ?? []).flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    const isDuplicate = seen.has(name);
    seen.add(name);
    if (!name) return [fieldError.required(at)];
    const errors: FieldError[] = [];
    if (name.length > LENGTH || !SYSCTL.test(name)) {
      errors.push(fieldError.invalid(at, name, `must have at most ${LENGTH} characters and match regex ${TEXT}`));
    } else if (isDuplicate) errors.push(fieldError.duplicate(at, name));
    const shared = sharedNamespace(spec, name);
    if (shared) errors.push(fieldError.invalid(at, name, `may not be specified when '${shared}' is true`));
    return errors;
  });
}

/** The field that makes the namespace of a setting the host's. */
function sharedNamespace({ hostNetwork, hostIPC }: PodSpec, name: string): 'hostNetwork' | 'hostIPC' | undefined {
  const dotted = withDots(name);
  if (hostNetwork && OF_NETWORK.test(dotted)) return 'hostNetwork';
  return hostIPC && OF_IPC.test(dotted) ? 'hostIPC' : undefined;
}

/** `net/ipv4/conf/eno2.100` is `net.ipv4.conf.eno2/100`: the first separator tells which of the two it is. */
function withDots(name: string): string {
  if (/[./]/.exec(name)?.[0] !== '/') return name;
  return name.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}
