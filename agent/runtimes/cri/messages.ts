/** Between the port's shapes and CRI's messages, as the proto loader gives them (camel case, longs as text). */
import type {
  ContainerConfig,
  ContainerDetail,
  ContainerEntry,
  ContainerStats,
  ImageEntry,
  NamespaceOptions,
  SandboxConfig,
  SandboxEntry,
  Security,
} from '../runtime.ts';
import type { Container__Output } from './generated/runtime/v1/Container.ts';
import type { ContainerConfig as CriContainerConfig } from './generated/runtime/v1/ContainerConfig.ts';
import type { ContainerState__Output } from './generated/runtime/v1/ContainerState.ts';
import type { ContainerStats__Output } from './generated/runtime/v1/ContainerStats.ts';
import type { ContainerStatus__Output } from './generated/runtime/v1/ContainerStatus.ts';
import type { Image__Output } from './generated/runtime/v1/Image.ts';
import type { NamespaceOption } from './generated/runtime/v1/NamespaceOption.ts';
import type { PodSandbox__Output } from './generated/runtime/v1/PodSandbox.ts';
import type { PodSandboxConfig } from './generated/runtime/v1/PodSandboxConfig.ts';
import { Signal } from './generated/runtime/v1/Signal.ts';

/** Nanoseconds as text → milliseconds; 0 means never. */
const milliseconds = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);
const orNever = (nanoseconds: string): number | undefined => milliseconds(nanoseconds) || undefined;

export function sandboxEntry(sandbox: PodSandbox__Output): SandboxEntry {
  const { id, labels, annotations } = sandbox;
  const metadata = sandbox.metadata ?? { name: '', uid: '', namespace: '', attempt: 0 };
  const createdAt = milliseconds(sandbox.createdAt);
  return { id, metadata, labels, annotations, createdAt, ready: sandbox.state === 'SANDBOX_READY' };
}

const STATES: Record<ContainerState__Output, ContainerEntry['state']> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
};

export function containerEntry(
  container: Omit<Container__Output, 'podSandboxId'> & { podSandboxId?: string },
): ContainerEntry {
  return {
    id: container.id,
    sandbox: container.podSandboxId ?? '',
    name: container.metadata?.name ?? '',
    attempt: container.metadata?.attempt ?? 0,
    state: STATES[container.state],
    image: container.image?.image ?? '',
    imageRef: container.imageRef,
    createdAt: milliseconds(container.createdAt),
    labels: container.labels,
    annotations: container.annotations,
  };
}

export function containerDetail(status: ContainerStatus__Output): ContainerDetail {
  return {
    ...containerEntry(status),
    startedAt: orNever(status.startedAt),
    finishedAt: orNever(status.finishedAt),
    exitCode: status.exitCode,
    reason: status.reason,
    message: status.message,
    logPath: status.logPath,
    mounts: status.mounts,
  };
}

export function containerStats({ attributes, cpu, memory, writableLayer }: ContainerStats__Output): ContainerStats {
  return {
    id: attributes?.id ?? '',
    at: milliseconds(cpu?.timestamp ?? memory?.timestamp ?? '0'),
    cpu: Number(cpu?.usageCoreNanoSeconds?.value ?? 0),
    memory: Number(memory?.workingSetBytes?.value ?? 0),
    disk: Number(writableLayer?.usedBytes?.value ?? 0),
  };
}

export function imageEntry(image: Image__Output): ImageEntry {
  return {
    id: image.id,
    tags: image.repoTags,
    digests: image.repoDigests,
    size: Number(image.size),
    uid: image.uid ? Number(image.uid.value) : undefined,
    username: image.username,
    pinned: image.pinned,
  };
}

const int64 = (value: number | undefined) => (value === undefined ? undefined : { value });

const namespaces = ({ target, ...modes }: NamespaceOptions): NamespaceOption => ({ ...modes, targetId: target ?? '' });

/** Security settings that CRI has for sandboxes and containers alike. */
const securityContext = (security: Security) => ({
  privileged: security.privileged,
  namespaceOptions: namespaces(security.namespaces),
  runAsUser: int64(security.runAsUser),
  runAsGroup: int64(security.runAsGroup),
  supplementalGroups: security.supplementalGroups,
  supplementalGroupsPolicy: security.groupsPolicy,
  seccomp: security.seccomp,
  apparmor: security.appArmor,
  selinuxOptions: security.seLinux,
});

export function sandboxConfig(config: SandboxConfig): PodSandboxConfig {
  return {
    metadata: config.metadata,
    hostname: config.hostname,
    logDirectory: config.logDirectory,
    dnsConfig: config.dns,
    portMappings: config.portMappings,
    labels: config.labels,
    annotations: config.annotations,
    linux: {
      cgroupParent: config.cgroupParent,
      securityContext: securityContext(config.security),
      sysctls: config.sysctls,
    },
  };
}

export function containerConfig(config: ContainerConfig): CriContainerConfig {
  const { security } = config;
  return {
    metadata: { name: config.name, attempt: config.attempt },
    image: { image: config.image, userSpecifiedImage: config.userImage },
    command: config.command,
    args: config.args,
    workingDir: config.workingDir,
    envs: config.env,
    mounts: config.mounts,
    devices: config.devices,
    labels: config.labels,
    annotations: config.annotations,
    logPath: config.logPath,
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
    tty: config.tty,
    stopSignal: config.stopSignal === undefined ? undefined : signal(config.stopSignal),
    linux: {
      resources: config.resources,
      securityContext: {
        ...securityContext(security),
        capabilities: { addCapabilities: security.addCapabilities, dropCapabilities: security.dropCapabilities },
        runAsUsername: security.runAsUsername,
        readonlyRootfs: security.readonlyRootfs,
        noNewPrivs: security.noNewPrivs,
        maskedPaths: security.maskedPaths,
        readonlyPaths: security.readonlyPaths,
      },
    },
  };
}

/** CRI has no plus and minus in its names. */
function signal(name: string): Signal {
  const found = Signal[name.replace('+', 'PLUS').replace('-', 'MINUS') as keyof typeof Signal];
  if (!found) throw new Error(`unknown stop signal ${name}`);
  return found;
}
