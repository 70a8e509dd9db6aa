/**
 * What the agent needs of a container runtime. The kubelet sees only this; `cri/` speaks it to containerd (or any runtime
 * with CRI v1). Ids are the runtime's own, times milliseconds since the epoch, sizes bytes. Failures throw
 * {@link RuntimeError}.
 */
export interface Runtime {
  version(): Promise<RuntimeVersion>;
  status(): Promise<RuntimeStatus>;
  setPodCIDR(podCIDR: string): Promise<void>;

  sandboxes(): Promise<SandboxEntry[]>;
  /** Its addresses, the main one first; empty with the host's network. Undefined when the sandbox is gone. */
  sandboxIPs(sandbox: string): Promise<string[] | undefined>;
  runSandbox(config: SandboxConfig): Promise<string>;
  stopSandbox(sandbox: string): Promise<void>;
  removeSandbox(sandbox: string): Promise<void>;

  containers(): Promise<ContainerEntry[]>;
  /** Undefined when it is gone. */
  container(id: string): Promise<ContainerDetail | undefined>;
  createContainer(sandbox: string, config: ContainerConfig, sandboxConfig: SandboxConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** Returns when it has stopped: asked nicely first, killed after `seconds`. */
  stopContainer(id: string, seconds: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  /** The container writes its log to its path anew, after the file was moved away. */
  reopenLog(id: string): Promise<void>;

  /** Runs to the end; throws a {@link RuntimeError} with code `timeout` when it does not end in time. */
  run(id: string, command: readonly string[], timeoutSeconds: number): Promise<CommandResult>;
  /** Where to speak SPDY/3.1 remotecommand. */
  execURL(id: string, command: readonly string[], streams: StreamFlags): Promise<string>;
  attachURL(id: string, streams: StreamFlags): Promise<string>;
  portForwardURL(sandbox: string, ports: readonly number[]): Promise<string>;

  image(reference: string): Promise<ImageEntry | undefined>;
  images(): Promise<ImageEntry[]>;
  /** Returns the reference of what was pulled. */
  pullImage(reference: string, credentials?: RegistryCredentials): Promise<string>;
  removeImage(reference: string): Promise<void>;

  /** Calls back soon after a container or sandbox has changed by itself. Best effort: callers relist as well. */
  watch(changed: () => void): () => void;
  close(): void;
}

export class RuntimeError extends Error {
  readonly code: 'not-found' | 'timeout' | 'unavailable' | 'failed';

  constructor(code: RuntimeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface RuntimeVersion {
  /** `containerd` */
  name: string;
  /** `1.6.20` */
  version: string;
}

export interface RuntimeStatus {
  runtimeReady: boolean;
  networkReady: boolean;
  /** Why not, in the runtime's words. */
  message: string;
  /** Where the runtime looks for CNI configurations and plugins, when it says. */
  cni?: { confDir: string; binDir: string };
}

interface SandboxMetadata {
  name: string;
  uid: string;
  namespace: string;
  attempt: number;
}

export interface SandboxEntry {
  id: string;
  metadata: SandboxMetadata;
  ready: boolean;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';

export interface NamespaceOptions {
  network: NamespaceMode;
  pid: NamespaceMode;
  ipc: NamespaceMode;
}

export interface SecurityProfile {
  profileType: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  localhostRef?: string;
}

export interface SandboxConfig {
  metadata: SandboxMetadata;
  /** Empty with the host's network. */
  hostname: string;
  logDirectory: string;
  dns: { servers: string[]; searches: string[]; options: string[] };
  portMappings: { protocol: 'TCP' | 'UDP' | 'SCTP'; containerPort: number; hostPort: number; hostIp: string }[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  namespaces: NamespaceOptions;
  privileged: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups: number[];
  seccomp?: SecurityProfile;
  sysctls: Record<string, string>;
}

export interface ContainerEntry {
  id: string;
  sandbox: string;
  name: string;
  attempt: number;
  state: 'created' | 'running' | 'exited' | 'unknown';
  /** As the pod named it. */
  image: string;
  imageRef: string;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface ContainerDetail extends ContainerEntry {
  startedAt?: number;
  finishedAt?: number;
  exitCode: number;
  reason: string;
  message: string;
  logPath: string;
  mounts: Mount[];
}

export interface Mount {
  containerPath: string;
  hostPath: string;
  readonly: boolean;
  propagation?: 'PROPAGATION_PRIVATE' | 'PROPAGATION_HOST_TO_CONTAINER' | 'PROPAGATION_BIDIRECTIONAL';
}

export interface LinuxResources {
  cpuPeriod: number;
  cpuQuota: number;
  cpuShares: number;
  memoryLimitInBytes: number;
  oomScoreAdj: number;
}

export interface ContainerConfig {
  name: string;
  attempt: number;
  /** Image id or reference to run; `userImage` is what the pod says. */
  image: string;
  userImage: string;
  command: string[];
  args: string[];
  workingDir: string;
  env: { key: string; value: string }[];
  mounts: Mount[];
  devices: { containerPath: string; hostPath: string; permissions: string }[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Relative to the sandbox's log directory. */
  logPath: string;
  stdin: boolean;
  stdinOnce: boolean;
  tty: boolean;
  resources: LinuxResources;
  security: ContainerSecurity;
}

export interface ContainerSecurity {
  privileged: boolean;
  namespaces: NamespaceOptions;
  addCapabilities: string[];
  dropCapabilities: string[];
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups: number[];
  readonlyRootfs: boolean;
  noNewPrivs: boolean;
  maskedPaths: string[];
  readonlyPaths: string[];
  seccomp?: SecurityProfile;
}

export interface CommandResult {
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
}

export interface StreamFlags {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

export interface ImageEntry {
  id: string;
  tags: string[];
  digests: string[];
  size: number;
  /** The numeric user it runs as; undefined when it names one, or none. */
  uid?: number;
  username: string;
}

export interface RegistryCredentials {
  username?: string;
  password?: string;
  auth?: string;
  identityToken?: string;
  registryToken?: string;
  serverAddress?: string;
}
