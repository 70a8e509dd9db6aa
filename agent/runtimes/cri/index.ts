/** containerd (or any runtime that speaks CRI v1) behind the {@link Runtime} port. */
import {
  type CommandResult,
  type ContainerConfig,
  type ContainerDetail,
  type ContainerEntry,
  type ImageEntry,
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
import {
  type CriContainer,
  type CriContainerStatus,
  type CriImage,
  type CriSandbox,
  containerConfig,
  containerDetail,
  containerEntry,
  imageEntry,
  sandboxConfig,
  sandboxEntry,
} from './messages.ts';

const PULL_TIMEOUT = 30 * 60_000;

export class CriRuntime implements Runtime {
  readonly #runtime: GrpcClient;
  readonly #images: GrpcClient;
  readonly #events: GrpcClient;

  /** `endpoint`: a socket's path, or `unix://` and its path. */
  constructor(endpoint: string) {
    this.#runtime = new GrpcClient(endpoint, 'runtime');
    this.#images = new GrpcClient(endpoint, 'images');
    this.#events = new GrpcClient(endpoint, 'events');
  }

  async version(): Promise<RuntimeVersion> {
    const answer = await this.#runtime.call<{ runtimeName: string; runtimeVersion: string }>('version', {}, 10_000);
    return { name: answer.runtimeName, version: answer.runtimeVersion.split(/[~+]/)[0] ?? '' };
  }

  async status(): Promise<RuntimeStatus> {
    interface Answer {
      status: { conditions: { type: string; status: boolean; reason: string; message: string }[] };
      info: Record<string, string>;
    }
    const { status, info } = await this.#runtime.call<Answer>('status', { verbose: true }, 10_000);
    const condition = (type: string) => status.conditions.find((c) => c.type === type);
    const bad = status.conditions.filter((c) => !c.status);
    return {
      runtimeReady: condition('RuntimeReady')?.status ?? false,
      networkReady: condition('NetworkReady')?.status ?? false,
      message: bad.map((c) => `reason:${c.reason} message:${c.message}`).join(', '),
      cni: cniOf(info.config),
    };
  }

  async setPodCIDR(podCIDR: string): Promise<void> {
    await this.#runtime.call('updateRuntimeConfig', { runtimeConfig: { networkConfig: { podCidr: podCIDR } } });
  }

  async sandboxes(): Promise<SandboxEntry[]> {
    const { items } = await this.#runtime.call<{ items: CriSandbox[] }>('listPodSandbox', {}, 30_000);
    return items.map(sandboxEntry);
  }

  async sandboxIPs(sandbox: string): Promise<string[] | undefined> {
    interface Answer {
      status: { network: { ip: string; additionalIps: { ip: string }[] } | null };
    }
    const answer = await orGone(this.#runtime.call<Answer>('podSandboxStatus', { podSandboxId: sandbox }, 30_000));
    if (!answer) return undefined;
    const network = answer.status.network;
    return network?.ip ? [network.ip, ...network.additionalIps.map(({ ip }) => ip)] : [];
  }

  async runSandbox(config: SandboxConfig): Promise<string> {
    const request = { config: sandboxConfig(config) };
    return (await this.#runtime.call<{ podSandboxId: string }>('runPodSandbox', request, 240_000)).podSandboxId;
  }

  async stopSandbox(sandbox: string): Promise<void> {
    await orGone(this.#runtime.call('stopPodSandbox', { podSandboxId: sandbox }));
  }

  async removeSandbox(sandbox: string): Promise<void> {
    await orGone(this.#runtime.call('removePodSandbox', { podSandboxId: sandbox }));
  }

  async containers(): Promise<ContainerEntry[]> {
    const { containers } = await this.#runtime.call<{ containers: CriContainer[] }>('listContainers', {}, 30_000);
    return containers.map(containerEntry);
  }

  async container(id: string): Promise<ContainerDetail | undefined> {
    interface Answer {
      status: CriContainerStatus;
      info: Record<string, string>;
    }
    const answer = await orGone(this.#runtime.call<Answer>('containerStatus', { containerId: id }, 30_000));
    return answer && containerDetail(answer.status, '');
  }

  async createContainer(sandbox: string, config: ContainerConfig, forSandbox: SandboxConfig): Promise<string> {
    const request = {
      podSandboxId: sandbox,
      config: containerConfig(config),
      sandboxConfig: sandboxConfig(forSandbox),
    };
    return (await this.#runtime.call<{ containerId: string }>('createContainer', request, 240_000)).containerId;
  }

  async startContainer(id: string): Promise<void> {
    await this.#runtime.call('startContainer', { containerId: id }, 240_000);
  }

  async stopContainer(id: string, seconds: number): Promise<void> {
    await orGone(this.#runtime.call('stopContainer', { containerId: id, timeout: seconds }, (seconds + 120) * 1000));
  }

  async removeContainer(id: string): Promise<void> {
    await orGone(this.#runtime.call('removeContainer', { containerId: id }));
  }

  async reopenLog(id: string): Promise<void> {
    await this.#runtime.call('reopenContainerLog', { containerId: id });
  }

  run(id: string, command: readonly string[], timeoutSeconds: number): Promise<CommandResult> {
    const request = { containerId: id, cmd: command, timeout: timeoutSeconds };
    return this.#runtime.call<CommandResult>('execSync', request, (timeoutSeconds + 10) * 1000);
  }

  async execURL(id: string, command: readonly string[], streams: StreamFlags): Promise<string> {
    const request = { containerId: id, cmd: command, ...streams };
    return (await this.#runtime.call<{ url: string }>('exec', request, 30_000)).url;
  }

  async attachURL(id: string, streams: StreamFlags): Promise<string> {
    return (await this.#runtime.call<{ url: string }>('attach', { containerId: id, ...streams }, 30_000)).url;
  }

  async portForwardURL(sandbox: string, ports: readonly number[]): Promise<string> {
    const request = { podSandboxId: sandbox, port: ports };
    return (await this.#runtime.call<{ url: string }>('portForward', request, 30_000)).url;
  }

  async image(reference: string): Promise<ImageEntry | undefined> {
    const request = { image: { image: reference } };
    const { image } = await this.#images.call<{ image: CriImage | null }>('imageStatus', request, 30_000);
    return image ? imageEntry(image) : undefined;
  }

  async images(): Promise<ImageEntry[]> {
    const { images } = await this.#images.call<{ images: CriImage[] }>('listImages', {}, 30_000);
    return images.map(imageEntry);
  }

  async pullImage(reference: string, credentials?: RegistryCredentials): Promise<string> {
    const request = { image: { image: reference }, auth: credentials };
    return (await this.#images.call<{ imageRef: string }>('pullImage', request, PULL_TIMEOUT)).imageRef;
  }

  async removeImage(reference: string): Promise<void> {
    await this.#images.call('removeImage', { image: { image: reference } });
  }

  /** containerd's own events: CRI's came with 1.7. Another runtime has none, and relisting must do. */
  watch(changed: () => void): () => void {
    let stopped = false;
    let cancel = () => {};
    const subscribe = () => {
      if (stopped) return;
      const filters = ['topic~=^/tasks/(exit|oom|delete)$'];
      const stream = this.#events.stream('subscribe', { filters });
      cancel = () => stream.cancel();
      stream.on('data', (envelope: { namespace?: string }) => {
        if (envelope.namespace === 'k8s.io') changed();
      });
      stream.on('error', () => {
        if (!stopped) setTimeout(subscribe, 2000).unref();
      });
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

async function orGone<T>(call: Promise<T>): Promise<T | undefined> {
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
