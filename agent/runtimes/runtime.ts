import type { Duplex, Readable, Writable } from 'node:stream';
import type { LogOptions } from '../../wire/stream.ts';
import type { ContainerConfig, LinuxResources, Mount, SandboxConfig, SandboxMetadata } from './config.ts';

export type * from './config.ts';

/**
 * The agent's port to a container runtime. The kubelet sees only this; `cri/` implements it for containerd (or any
 * runtime with CRI v1). Ids are the runtime's own, times milliseconds since the epoch, sizes bytes. Failures throw
 * {@link RuntimeError}.
 */
export interface Runtime {
  version(): Promise<RuntimeVersion>;
  status(): Promise<RuntimeStatus>;
  setPodCIDR(podCIDR: string): Promise<void>;

  sandboxes(): Promise<SandboxEntry[]>;
  /** The sandbox's addresses, the main one first; empty with the host's network. Undefined when the sandbox is gone. */
  sandboxIPs(sandbox: string): Promise<string[] | undefined>;
  /** `handler`: the one of the pod's RuntimeClass; empty for the runtime's default. */
  runSandbox(config: SandboxConfig, handler: string): Promise<string>;
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
  /** Usage of a running container; for one that does not run, when it starts. */
  updateResources(id: string, resources: LinuxResources): Promise<void>;
  /** Usage of all running containers. */
  stats(): Promise<ContainerStats[]>;
  /** Writes a container's log as `kubectl logs` prints it; with `follow` until the container has ended. */
  logs(id: string, options: LogOptions, sink: LogSink): Promise<void>;
  /** The container writes its log to its path anew, after the file was moved away. */
  reopenLog(id: string): Promise<void>;

  /** Runs to the end; throws a {@link RuntimeError} with code `timeout` when it does not end in time. */
  run(id: string, command: readonly string[], timeoutSeconds: number): Promise<CommandResult>;
  /** A command of its own, or the container's main process. The signal ends the connection, at any time. */
  exec(id: string, command: readonly string[], flags: StreamFlags, signal: AbortSignal): Promise<CommandStreams>;
  attach(id: string, flags: StreamFlags, signal: AbortSignal): Promise<CommandStreams>;
  /** One connection to a port of the pod. */
  portForward(sandbox: string, port: number, signal: AbortSignal): Promise<Duplex>;

  image(reference: string): Promise<ImageEntry | undefined>;
  images(): Promise<ImageEntry[]>;
  /** Returns the reference of what was pulled. */
  pullImage(reference: string, credentials?: RegistryCredentials): Promise<string>;
  removeImage(reference: string): Promise<void>;
  /** The folder that images are unpacked in; undefined when the runtime does not say. */
  imageFolder(): Promise<string | undefined>;

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
  /** The reason why it is not ready, in the runtime's words. */
  message: string;
  /** The folders of CNI configurations and plugins, when the runtime names them. */
  cni?: { confDir: string; binDir: string };
  /** The features of its handlers, as far as the runtime says; the default handler has no name. */
  handlers: readonly RuntimeHandler[];
  /** The runtime can keep supplemental groups to those that the pod names. */
  strictGroups: boolean;
}

export interface RuntimeHandler {
  name: string;
  userNamespaces: boolean;
  recursiveReadOnly: boolean;
}

export interface SandboxEntry {
  id: string;
  metadata: SandboxMetadata;
  ready: boolean;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
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

export interface ContainerStats {
  id: string;
  at: number;
  /** Nanoseconds of CPU since it started. */
  cpu: number;
  /** Bytes of memory that the kernel cannot take back. */
  memory: number;
  /** Bytes that it has written beside its volumes. */
  disk: number;
}

export interface LogSink {
  /** Resolves when there is room for more; rejects when the reader has gone. */
  write(data: Buffer): Promise<void>;
  /** The reader has gone. */
  stopped(): boolean;
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

/** The streams that were asked for. A reader that stops holds the command up. */
export interface CommandStreams {
  stdin?: Writable;
  stdout?: Readable;
  stderr?: Readable;
  resize(width: number, height: number): void;
  /** Rejects when the connection breaks before. */
  ended: Promise<CommandEnd>;
}

/** `message`: the runtime's words. Without a code it did not run. */
export interface CommandEnd {
  exitCode?: number;
  message: string;
}

export interface ImageEntry {
  id: string;
  tags: string[];
  digests: string[];
  size: number;
  /** The numeric user it runs as; undefined when it names one, or none. */
  uid?: number;
  username: string;
  /** The runtime itself needs the image, as that of sandboxes. */
  pinned?: boolean;
}

export interface RegistryCredentials {
  username?: string;
  password?: string;
  auth?: string;
  identityToken?: string;
  registryToken?: string;
  serverAddress?: string;
}
