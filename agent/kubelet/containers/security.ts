/** securityContext of pod and container as the runtime wants it (kubelet `kuberuntime/security_context.go`). */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { APP_ARMOR } from '../../../kube/kinds/core/pod-spec/profile-annotations.ts';
import { podText } from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../../kube/types.ts';
import type {
  ContainerSecurity,
  ImageEntry,
  NamespaceOptions,
  Security,
  SecurityProfile,
} from '../../runtimes/runtime.ts';
import { safePath } from '../../volumes/sources.ts';
import { ConfigError } from './env.ts';

const MASKED = ['/proc/asound', '/proc/acpi', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats'];
const MASKED_MORE = ['/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'];
/** Power and heat show the work of neighbours (CVE-2020-8694). */
const POWER = '/sys/devices/virtual/powercap';
const CPUS = '/sys/devices/system/cpu';
const READONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

let masked: readonly string[] | undefined;

/** The same as long as the machine runs. */
function maskedPaths(): readonly string[] {
  const heat = () =>
    (existsSync(CPUS) ? readdirSync(CPUS) : [])
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => `${CPUS}/${name}/thermal_throttle`)
      .filter((path) => existsSync(path));
  masked ??= [...MASKED, ...MASKED_MORE, POWER, ...heat()];
  return masked;
}

function namespacesOf(pod: Pod): NamespaceOptions {
  const spec = pod.spec;
  return {
    network: spec?.hostNetwork ? 'NODE' : 'POD',
    pid: spec?.hostPID ? 'NODE' : spec?.shareProcessNamespace ? 'POD' : 'CONTAINER',
    ipc: spec?.hostIPC ? 'NODE' : 'POD',
  };
}

function isPrivileged(pod: Pod): boolean {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return all.some((container) => container.securityContext?.privileged);
}

function profileOf(profile: { type: string; localhostProfile?: string } | undefined): SecurityProfile | undefined {
  if (!profile) return undefined;
  if (profile.type === 'Localhost') return { profileType: 'Localhost', localhostRef: profile.localhostProfile ?? '' };
  return { profileType: profile.type === 'RuntimeDefault' ? 'RuntimeDefault' : 'Unconfined' };
}

/** The runtime wants a path where a pod names a file below the node's folder of profiles. */
function seccompOf(named: { type: string; localhostProfile?: string } | undefined, folder: string): SecurityProfile {
  const profile = profileOf(named) ?? { profileType: 'Unconfined' };
  if (profile.localhostRef === undefined) return profile;
  return { ...profile, localhostRef: join(folder, safePath(profile.localhostRef)) };
}

/** The profile that a container names, by itself or through its pod (`apparmor/helpers.go`, GetProfile). */
export function appArmorOf(pod: Pod, container: Container): SecurityProfile | undefined {
  const own = profileOf(container.securityContext?.appArmorProfile);
  if (own) return own;
  const annotation = pod.metadata.annotations?.[APP_ARMOR + container.name];
  if (annotation === 'runtime/default') return { profileType: 'RuntimeDefault' };
  if (annotation === 'unconfined') return { profileType: 'Unconfined' };
  if (annotation?.startsWith('localhost/')) {
    return { profileType: 'Localhost', localhostRef: annotation.slice('localhost/'.length) };
  }
  return profileOf(pod.spec?.securityContext?.appArmorProfile);
}

/** Settings that a pod's sandbox and its containers share. */
function shared(pod: Pod): Pick<Security, 'namespaces' | 'supplementalGroups' | 'groupsPolicy'> {
  const { fsGroup, supplementalGroups, supplementalGroupsPolicy } = pod.spec?.securityContext ?? {};
  const groups = new Set([...(fsGroup === undefined ? [] : [fsGroup]), ...(supplementalGroups ?? [])]);
  return {
    namespaces: namespacesOf(pod),
    supplementalGroups: [...groups],
    groupsPolicy: supplementalGroupsPolicy as Security['groupsPolicy'],
  };
}

/** Seccomp is always the runtime's own: the sandbox's process needs nothing else, whatever its containers need. */
export function sandboxSecurity(pod: Pod): Security {
  const { runAsUser, runAsGroup, seLinuxOptions } = pod.spec?.securityContext ?? {};
  return {
    ...shared(pod),
    privileged: isPrivileged(pod),
    runAsUser,
    runAsGroup,
    seccomp: { profileType: 'RuntimeDefault' },
    seLinux: seLinuxOptions,
  };
}

/** Throws {@link ConfigError} when the container must not run as the image says. */
export function containerSecurity(
  pod: Pod,
  container: Container,
  image: ImageEntry,
  seccompFolder: string,
): ContainerSecurity {
  const forPod = pod.spec?.securityContext ?? {};
  const own = container.securityContext ?? {};
  const asked = own.runAsUser ?? forPod.runAsUser;
  // An image that names no user runs as root (`helpers.go`, getImageUser): without a user, the runtime takes no group.
  const runAsUser = asked ?? (image.username ? undefined : (image.uid ?? 0));
  if (own.runAsNonRoot ?? forPod.runAsNonRoot) {
    const why = rootDanger(asked, runAsUser, image);
    if (why) throw new ConfigError(`${why} (pod: ${JSON.stringify(podText(pod))}, container: ${container.name})`);
  }
  const bare = own.privileged || own.procMount === 'Unmasked';
  return {
    ...shared(pod),
    privileged: own.privileged ?? false,
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    runAsUser,
    runAsUsername: asked === undefined ? image.username : '',
    runAsGroup: own.runAsGroup ?? forPod.runAsGroup,
    readonlyRootfs: own.readOnlyRootFilesystem ?? false,
    noNewPrivs: own.allowPrivilegeEscalation === false,
    maskedPaths: bare ? [] : [...maskedPaths()],
    readonlyPaths: bare ? [] : READONLY,
    seccomp: seccompOf(own.seccompProfile ?? forPod.seccompProfile, seccompFolder),
    appArmor: appArmorOf(pod, container),
    seLinux: own.seLinuxOptions ?? forPod.seLinuxOptions,
  };
}

/** The reason why the container might run as root (`security_context_others.go`, verifyRunAsNonRoot). */
function rootDanger(asked: number | undefined, user: number | undefined, image: ImageEntry): string | undefined {
  if (asked === 0) return "container's runAsUser breaks non-root policy";
  if (user === 0) return 'container has runAsNonRoot and image will run as root';
  if (user !== undefined) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root`;
}
