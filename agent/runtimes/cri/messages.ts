/** Between the port's shapes and CRI messages, as the proto loader gives them (camel case, longs as text). */
import type {
  ContainerConfig,
  ContainerDetail,
  ContainerEntry,
  ImageEntry,
  Mount,
  NamespaceOptions,
  SandboxConfig,
  SandboxEntry,
  SecurityProfile,
} from '../runtime.ts';

export interface CriSandbox {
  id: string;
  metadata: { name: string; uid: string; namespace: string; attempt: number };
  state: string;
  createdAt: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface CriContainer {
  id: string;
  podSandboxId: string;
  metadata: { name: string; attempt: number };
  image: { image: string } | null;
  imageRef: string;
  state: string;
  createdAt: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface CriContainerStatus extends Omit<CriContainer, 'podSandboxId'> {
  startedAt: string;
  finishedAt: string;
  exitCode: number;
  reason: string;
  message: string;
  mounts: Mount[];
  logPath: string;
}

export interface CriImage {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  size: string;
  uid: { value: string } | null;
  username: string;
}

/** Nanoseconds as text → milliseconds; 0 means never. */
const milliseconds = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);
const orNever = (nanoseconds: string): number | undefined => milliseconds(nanoseconds) || undefined;

export function sandboxEntry(sandbox: CriSandbox): SandboxEntry {
  const { id, metadata, labels, annotations } = sandbox;
  const createdAt = milliseconds(sandbox.createdAt);
  return { id, metadata, labels, annotations, createdAt, ready: sandbox.state === 'SANDBOX_READY' };
}

const STATES: Record<string, ContainerEntry['state']> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
};

export function containerEntry(container: CriContainer): ContainerEntry {
  return {
    id: container.id,
    sandbox: container.podSandboxId,
    name: container.metadata.name,
    attempt: container.metadata.attempt,
    state: STATES[container.state] ?? 'unknown',
    image: container.image?.image ?? '',
    imageRef: container.imageRef,
    createdAt: milliseconds(container.createdAt),
    labels: container.labels,
    annotations: container.annotations,
  };
}

export function containerDetail(status: CriContainerStatus, sandbox: string): ContainerDetail {
  return {
    ...containerEntry({ ...status, podSandboxId: sandbox }),
    startedAt: orNever(status.startedAt),
    finishedAt: orNever(status.finishedAt),
    exitCode: status.exitCode,
    reason: status.reason,
    message: status.message,
    logPath: status.logPath,
    mounts: status.mounts,
  };
}

export function imageEntry(image: CriImage): ImageEntry {
  return {
    id: image.id,
    tags: image.repoTags,
    digests: image.repoDigests,
    size: Number(image.size),
    uid: image.uid ? Number(image.uid.value) : undefined,
    username: image.username,
  };
}

const int64 = (value: number | undefined) => (value === undefined ? undefined : { value });

function profile(seccomp: SecurityProfile | undefined) {
  return seccomp && { profileType: seccomp.profileType, localhostRef: seccomp.localhostRef ?? '' };
}

const namespaces = (options: NamespaceOptions) => ({ ...options });

export function sandboxConfig(config: SandboxConfig): Record<string, unknown> {
  return {
    metadata: config.metadata,
    hostname: config.hostname,
    logDirectory: config.logDirectory,
    dnsConfig: config.dns,
    portMappings: config.portMappings,
    labels: config.labels,
    annotations: config.annotations,
    linux: {
      securityContext: {
        namespaceOptions: namespaces(config.namespaces),
        privileged: config.privileged,
        runAsUser: int64(config.runAsUser),
        runAsGroup: int64(config.runAsGroup),
        supplementalGroups: config.supplementalGroups,
        seccomp: profile(config.seccomp),
      },
      sysctls: config.sysctls,
    },
  };
}

export function containerConfig(config: ContainerConfig): Record<string, unknown> {
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
    linux: {
      resources: config.resources,
      securityContext: {
        privileged: security.privileged,
        namespaceOptions: namespaces(security.namespaces),
        capabilities: { addCapabilities: security.addCapabilities, dropCapabilities: security.dropCapabilities },
        runAsUser: int64(security.runAsUser),
        runAsGroup: int64(security.runAsGroup),
        supplementalGroups: security.supplementalGroups,
        readonlyRootfs: security.readonlyRootfs,
        noNewPrivs: security.noNewPrivs,
        maskedPaths: security.maskedPaths,
        readonlyPaths: security.readonlyPaths,
        seccomp: profile(security.seccomp),
      },
    },
  };
}
