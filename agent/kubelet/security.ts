/** securityContext of pod and container as the runtime wants it (kubelet `kuberuntime/security_context.go`). */
import type { Container, Pod } from '../../kube/types.ts';
import type { ContainerSecurity, ImageEntry, NamespaceOptions, SecurityProfile } from '../runtimes/runtime.ts';
import { ConfigError } from './env.ts';

const MASKED = ['/proc/asound', '/proc/acpi', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats'];
const MASKED_MORE = ['/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'];
const READONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export function namespacesOf(pod: Pod): NamespaceOptions {
  const spec = pod.spec;
  return {
    network: spec?.hostNetwork ? 'NODE' : 'POD',
    pid: spec?.hostPID ? 'NODE' : spec?.shareProcessNamespace ? 'POD' : 'CONTAINER',
    ipc: spec?.hostIPC ? 'NODE' : 'POD',
  };
}

export function isPrivileged(pod: Pod): boolean {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return all.some((container) => container.securityContext?.privileged);
}

export function seccompOf(
  profile: { type: string; localhostProfile?: string } | undefined,
): SecurityProfile | undefined {
  if (!profile) return undefined;
  if (profile.type === 'Localhost') return { profileType: 'Localhost', localhostRef: profile.localhostProfile ?? '' };
  return { profileType: profile.type === 'RuntimeDefault' ? 'RuntimeDefault' : 'Unconfined' };
}

/** Throws {@link ConfigError} when the container must not run as the image says. */
export function containerSecurity(pod: Pod, container: Container, image: ImageEntry): ContainerSecurity {
  const forPod = pod.spec?.securityContext ?? {};
  const own = container.securityContext ?? {};
  const runAsUser = own.runAsUser ?? forPod.runAsUser ?? (image.username ? undefined : image.uid);
  const runAsGroup = own.runAsGroup ?? forPod.runAsGroup;
  if (own.runAsNonRoot ?? forPod.runAsNonRoot) checkNonRoot(container, runAsUser, image);
  const groups = new Set(forPod.supplementalGroups ?? []);
  if (forPod.fsGroup !== undefined) groups.add(forPod.fsGroup);
  const bare = own.privileged || own.procMount === 'Unmasked';
  return {
    privileged: own.privileged ?? false,
    namespaces: namespacesOf(pod),
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    runAsUser,
    runAsGroup,
    supplementalGroups: [...groups],
    readonlyRootfs: own.readOnlyRootFilesystem ?? false,
    noNewPrivs: own.allowPrivilegeEscalation === false,
    maskedPaths: bare ? [] : [...MASKED, ...MASKED_MORE],
    readonlyPaths: bare ? [] : READONLY,
    seccomp: seccompOf(own.seccompProfile ?? forPod.seccompProfile) ?? { profileType: 'Unconfined' },
  };
}

function checkNonRoot(container: Container, user: number | undefined, image: ImageEntry): void {
  if (user === 0) {
    const why =
      container.securityContext?.runAsUser === 0
        ? "container's runAsUser breaks non-root policy"
        : 'container has runAsNonRoot and image will run as root';
    throw new ConfigError(why);
  }
  if (user === undefined && image.username) {
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root`,
    );
  }
  if (user === undefined) throw new ConfigError('container has runAsNonRoot and image will run as root');
}
