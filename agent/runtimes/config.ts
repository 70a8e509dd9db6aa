/** The configurations of a sandbox and of a container. */
export interface SandboxMetadata {
  name: string;
  uid: string;
  namespace: string;
  attempt: number;
}

type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';

export interface NamespaceOptions {
  network: NamespaceMode;
  pid: NamespaceMode;
  ipc: NamespaceMode;
  /** The container whose processes are seen, with `pid: 'TARGET'`. */
  target?: string;
}

export interface SecurityProfile {
  profileType: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  localhostRef?: string;
}

export interface SELinuxOptions {
  user?: string;
  role?: string;
  type?: string;
  level?: string;
}

/** Security settings that pods and containers share. */
export interface Security {
  privileged: boolean;
  namespaces: NamespaceOptions;
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups: number[];
  /** Absent: Merge. */
  groupsPolicy?: 'Merge' | 'Strict';
  seccomp?: SecurityProfile;
  appArmor?: SecurityProfile;
  seLinux?: SELinuxOptions;
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
  /** Empty: the runtime's own. */
  cgroupParent: string;
  security: Security;
  sysctls: Record<string, string>;
}

export interface Mount {
  containerPath: string;
  hostPath: string;
  readonly: boolean;
  /** Mounts below the source are read-only too. */
  recursiveReadOnly?: boolean;
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
  /** `SIGUSR1`; absent: what the image says. */
  stopSignal?: string;
  resources: LinuxResources;
  security: ContainerSecurity;
}

export interface ContainerSecurity extends Security {
  addCapabilities: string[];
  dropCapabilities: string[];
  /** The user's name, where the image gives no number. */
  runAsUsername?: string;
  readonlyRootfs: boolean;
  noNewPrivs: boolean;
  maskedPaths: string[];
  readonlyPaths: string[];
}
