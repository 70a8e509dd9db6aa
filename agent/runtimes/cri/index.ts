/** containerd (or any runtime that speaks CRI v1) behind the {@link Runtime} port. */
import type { Duplex } from 'node:stream';
import type { LogOptions } from '../../../wire/stream.ts';
import { BackOff } from '../../back-off.ts';
import {
  type CommandResult,
  type CommandStreams,
  type ContainerConfig,
  type ContainerDetail,
  type ContainerEntry,
  type ContainerStats,
  type ImageEntry,
  type LinuxResources,
  type LogSink,
  type RegistryCredentials,
  type Runtime,
  RuntimeError,
  type RuntimeStatus,
  type RuntimeVersion,
  type SandboxConfig,
  type SandboxEntry,
  type StreamFlags,
} from '../runtime.ts';
import { GrpcClient } from './client.ts';
import { readLog } from './follow-log.ts';
import {
  containerConfig,
  containerDetail,
  containerEntry,
  containerStats,
  imageEntry,
  sandboxConfig,
  sandboxEntry,
} from './messages.ts';
import { openPort } from './port-forward.ts';
import { openCommand } from './remote-command.ts';

const PULL_TIMEOUT = 30 * 60_000;
/** Milliseconds until a stream of events that broke is opened again. */
const WATCH_RETRY = { initial: 500, max: 30_000 };

export class CriRuntime implements Runtime {
  readonly #runtime: GrpcClient<'runtime'>;
  readonly #images: GrpcClient<'images'>;
  readonly #events: GrpcClient<'events'>;

  /** `endpoint`: a socket's path, or `unix://` and its path. */
  constructor(endpoint: string) {
    this.#runtime = new GrpcClient(endpoint, 'runtime');
    this.#images = new GrpcClient(endpoint, 'images');
    this.#events = new GrpcClient(endpoint, 'events');
  }

  async version(): Promise<RuntimeVersion> {
    const { runtimeName, runtimeVersion } = await this.#runtime.call('Version', {}, 10_000);
    return { name: runtimeName, version: runtimeVersion.split(/[~+]/)[0] ?? '' };
  }

  async status(): Promise<RuntimeStatus> {
    const answer = await this.#runtime.call('Status', { verbose: true }, 10_000);
    const conditions = answer.status?.conditions ?? [];
    const condition = (type: string) => conditions.find((c) => c.type === type);
    const bad = conditions.filter((c) => !c.status);
    return {
      runtimeReady: condition('RuntimeReady')?.status ?? false,
      networkReady: condition('NetworkReady')?.status ?? false,
      message: bad.map((c) => `reason:${c.reason} message:${c.message}`).join(', '),
      cni: cniOf(answer.info.config),
      handlers: answer.runtimeHandlers.map(({ name, features }) => ({
        name,
        userNamespaces: features?.userNamespaces ?? false,
        recursiveReadOnly: features?.recursiveReadOnlyMounts ?? false,
      })),
      strictGroups: answer.features?.supplementalGroupsPolicy ?? false,
    };
  }

  async setPodCIDR(podCIDR: string): Promise<void> {
    await this.#runtime.call('UpdateRuntimeConfig', { runtimeConfig: { networkConfig: { podCidr: podCIDR } } });
  }

  async sandboxes(): Promise<SandboxEntry[]> {
    return (await this.#runtime.call('ListPodSandbox', {}, 30_000)).items.map(sandboxEntry);
  }

  async sandboxIPs(sandbox: string): Promise<string[] | undefined> {
    const answer = await ignoreNotFound(this.#runtime.call('PodSandboxStatus', { podSandboxId: sandbox }, 30_000));
    if (!answer) return undefined;
    const network = answer.status?.network;
    return network?.ip ? [network.ip, ...network.additionalIps.map(({ ip }) => ip)] : [];
  }

  async runSandbox(config: SandboxConfig, handler: string): Promise<string> {
    const request = { config: sandboxConfig(config), runtimeHandler: handler };
    return (await this.#runtime.call('RunPodSandbox', request, 240_000)).podSandboxId;
  }

  async stopSandbox(sandbox: string): Promise<void> {
    await ignoreNotFound(this.#runtime.call('StopPodSandbox', { podSandboxId: sandbox }));
  }

  async removeSandbox(sandbox: string): Promise<void> {
    await ignoreNotFound(this.#runtime.call('RemovePodSandbox', { podSandboxId: sandbox }));
  }

  async containers(): Promise<ContainerEntry[]> {
    return (await this.#runtime.call('ListContainers', {}, 30_000)).containers.map(containerEntry);
  }

  async container(id: string): Promise<ContainerDetail | undefined> {
    const answer = await ignoreNotFound(this.#runtime.call('ContainerStatus', { containerId: id }, 30_000));
    return answer?.status ? containerDetail(answer.status) : undefined;
  }

  async createContainer(sandbox: string, config: ContainerConfig, forSandbox: SandboxConfig): Promise<string> {
    const request = {
      podSandboxId: sandbox,
      config: containerConfig(config),
      sandboxConfig: sandboxConfig(forSandbox),
    };
    return (await this.#runtime.call('CreateContainer', request, 240_000)).containerId;
  }

  async startContainer(id: string): Promise<void> {
    await this.#runtime.call('StartContainer', { containerId: id }, 240_000);
  }

  async stopContainer(id: string, seconds: number): Promise<void> {
    await ignoreNotFound(
      this.#runtime.call('StopContainer', { containerId: id, timeout: seconds }, (seconds + 120) * 1000),
    );
  }

  async removeContainer(id: string): Promise<void> {
    await ignoreNotFound(this.#runtime.call('RemoveContainer', { containerId: id }));
  }

  async reopenLog(id: string): Promise<void> {
    await this.#runtime.call('ReopenContainerLog', { containerId: id });
  }

  run(id: string, command: readonly string[], timeoutSeconds: number): Promise<CommandResult> {
    const request = { containerId: id, cmd: [...command], timeout: timeoutSeconds };
    return this.#runtime.call('ExecSync', request, (timeoutSeconds + 10) * 1000);
  }

  async exec(id: string, command: readonly string[], flags: StreamFlags, signal: AbortSignal): Promise<CommandStreams> {
    const request = { containerId: id, cmd: [...command], ...flags };
    return openCommand((await this.#runtime.call('Exec', request, 30_000)).url, flags, signal);
  }

  async attach(id: string, flags: StreamFlags, signal: AbortSignal): Promise<CommandStreams> {
    return openCommand((await this.#runtime.call('Attach', { containerId: id, ...flags }, 30_000)).url, flags, signal);
  }

  async portForward(sandbox: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const request = { podSandboxId: sandbox, port: [port] };
    return openPort((await this.#runtime.call('PortForward', request, 30_000)).url, port, signal);
  }

  async logs(id: string, options: LogOptions, sink: LogSink): Promise<void> {
    const found = await this.container(id);
    if (!found) throw new RuntimeError('not-found', `container ${id} is gone`);
    const running = async () => (await this.container(id))?.state === 'running';
    await readLog(found.logPath, options, { ...sink, running, now: Date.now });
  }

  async stats(): Promise<ContainerStats[]> {
    return (await this.#runtime.call('ListContainerStats', {}, 30_000)).stats.map(containerStats);
  }

  async updateResources(id: string, resources: LinuxResources): Promise<void> {
    await this.#runtime.call('UpdateContainerResources', { containerId: id, linux: resources });
  }

  async image(reference: string): Promise<ImageEntry | undefined> {
    const request = { image: { image: reference } };
    const { image } = await this.#images.call('ImageStatus', request, 30_000);
    return image ? imageEntry(image) : undefined;
  }

  async images(): Promise<ImageEntry[]> {
    const { images } = await this.#images.call('ListImages', {}, 30_000);
    return images.map(imageEntry);
  }

  async pullImage(reference: string, credentials?: RegistryCredentials): Promise<string> {
    const request = { image: { image: reference }, auth: credentials };
    return (await this.#images.call('PullImage', request, PULL_TIMEOUT)).imageRef;
  }

  async removeImage(reference: string): Promise<void> {
    await this.#images.call('RemoveImage', { image: { image: reference } });
  }

  async imageFolder(): Promise<string | undefined> {
    const { imageFilesystems } = await this.#images.call('ImageFsInfo', {}, 30_000);
    return imageFilesystems[0]?.fsId?.mountpoint || undefined;
  }

  /** containerd's own events: CRI's came with 1.7. Another runtime has none, and relisting must do. */
  watch(changed: () => void): () => void {
    let stopped = false;
    let cancel = () => {};
    const backOff = new BackOff(WATCH_RETRY, Math.random);
    const subscribe = () => {
      const filters = ['topic~=^/tasks/(exit|oom|delete)$'];
      const stream = this.#events.stream('Subscribe', { filters });
      cancel = () => stream.cancel();
      stream.on('data', (envelope: { namespace: string }) => {
        backOff.reset();
        if (envelope.namespace === 'k8s.io') changed();
      });
      let over = false;
      const again = () => {
        if (over || stopped) return;
        over = true;
        const timer = setTimeout(() => {
          subscribe();
          // Events of the meantime were lost.
          changed();
        }, backOff.next());
        timer.unref();
        cancel = () => clearTimeout(timer);
      };
      stream.on('error', again);
      stream.on('end', again);
    };
    subscribe();
    return () => {
      stopped = true;
      cancel();
    };
  }

  close(): void {
    for (const client of [this.#runtime, this.#images, this.#events]) client.close();
  }
}

async function ignoreNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** containerd prints its configuration as JSON when asked to be verbose. */
function cniOf(config: string | undefined): RuntimeStatus['cni'] {
  if (!config) return undefined;
  try {
    const parsed = JSON.parse(config) as { cni?: { confDir?: string; binDir?: string } };
    const { confDir, binDir } = parsed.cni ?? {};
    return confDir && binDir ? { confDir, binDir } : undefined;
  } catch {
    return undefined;
  }
}
