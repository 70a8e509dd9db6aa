/**
 * A container runtime in memory. It outlives the agents that connect to it. What a container does is said by its image:
 * `run` stays until it is asked to stop, `stubborn` until it is killed, `exit:3` ends at once with that code.
 */
import type { Clock } from '../clock.ts';
import {
  type CommandResult,
  type ContainerConfig,
  type ContainerDetail,
  type ContainerEntry,
  type ImageEntry,
  type Runtime,
  RuntimeError,
  type SandboxConfig,
  type SandboxEntry,
} from '../runtimes/runtime.ts';
import type { Steps } from './steps.ts';

interface Sandbox extends SandboxEntry {
  ips: string[];
}

interface Container extends ContainerDetail {
  command: string[];
  ended: (() => void)[];
}

const OK: CommandResult = { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

export class FakeRuntime {
  readonly sandboxes = new Map<string, Sandbox>();
  readonly containers = new Map<string, Container>();
  /** Images that are present. Others are pulled, unless `fault` keeps them from it. */
  readonly images = new Set<string>();
  /** The result of a command in a container. */
  commands: (container: ContainerEntry, command: readonly string[]) => CommandResult | Promise<CommandResult> = () =>
    OK;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A sandbox of another agent, of which nothing is known here. */
  addForeign(config: Pick<SandboxConfig, 'metadata' | 'labels'>): string {
    return this.#addSandbox(config);
  }

  running(name?: string): Container[] {
    return [...this.containers.values()].filter((c) => c.state === 'running' && (!name || c.name === name));
  }

  /** The container ends by itself. */
  exit(id: string, exitCode: number): void {
    const container = this.containers.get(id);
    if (container?.state !== 'running') return;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    Object.assign(container, { state: 'exited', exitCode, reason, finishedAt: this.#clock.now() });
    for (const ended of container.ended.splice(0)) ended();
    this.#notify();
  }

  /** A sandbox dies, with all that runs in it. */
  kill(sandbox: string): void {
    this.#stopSandbox(sandbox);
    this.#notify();
  }

  connect(steps: Steps): Runtime {
    const call = <T>(name: string, about: string, effect: () => T | Promise<T>) =>
      steps.run(`runtime ${name}${about && ` ${about}`}`, effect);
    const named = (id: string) => this.containers.get(id)?.name ?? id;
    const missing = async (): Promise<never> => {
      throw new RuntimeError('failed', 'the fake runtime has no streams');
    };
    return {
      version: async () => ({ name: 'fake', version: '1' }),
      status: () =>
        call('status', '', () => ({
          runtimeReady: true,
          networkReady: true,
          message: '',
          handlers: [{ name: '', userNamespaces: true, recursiveReadOnly: true }],
          strictGroups: true,
        })),
      setPodCIDR: (range) => call('setPodCIDR', range, () => {}),
      sandboxes: () => call('sandboxes', '', () => [...this.sandboxes.values()].map((s) => ({ ...s }))),
      sandboxIPs: (id) => call('sandboxIPs', id, () => this.sandboxes.get(id)?.ips),
      runSandbox: (config) => call('runSandbox', config.metadata.name, () => this.#addSandbox(config)),
      stopSandbox: (id) => call('stopSandbox', id, () => this.#stopSandbox(id)),
      removeSandbox: (id) => call('removeSandbox', id, () => this.#removeSandbox(id)),
      containers: () => call('containers', '', () => [...this.containers.values()].map(entryOf)),
      container: (id) => call('container', named(id), () => this.#detail(id)),
      createContainer: (sandbox, config) => call('createContainer', config.name, () => this.#create(sandbox, config)),
      startContainer: (id) => call('startContainer', named(id), () => this.#start(id)),
      stopContainer: (id, seconds) => call('stopContainer', `${named(id)} ${seconds}`, () => this.#stop(id, seconds)),
      removeContainer: (id) => call('removeContainer', named(id), () => void this.containers.delete(id)),
      updateResources: (id) => call('updateResources', named(id), () => {}),
      stats: () => call('stats', '', () => []),
      logs: missing,
      reopenLog: (id) => call('reopenLog', named(id), () => {}),
      run: (id, command) => call('run', `${named(id)} ${command.join(' ')}`, () => this.#run(id, command)),
      exec: missing,
      attach: missing,
      portForward: missing,
      image: (name) => call('image', name, () => (this.images.has(name) ? imageEntry(name) : undefined)),
      images: () => call('images', '', () => [...this.images].map(imageEntry)),
      pullImage: (name) => call('pullImage', name, () => this.images.add(name) && name),
      imageFolder: async () => undefined,
      removeImage: (name) => call('removeImage', name, () => void this.images.delete(name)),
      watch: (changed) => {
        this.#watchers.add(changed);
        return () => this.#watchers.delete(changed);
      },
      close: () => {},
    };
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #addSandbox({ metadata, labels }: Pick<SandboxConfig, 'metadata' | 'labels'>): string {
    const number = ++this.#next;
    const id = `sandbox-${number}`;
    const ips = [`10.0.0.${number}`];
    this.sandboxes.set(id, { id, metadata, ready: true, createdAt: this.#clock.now(), labels, annotations: {}, ips });
    return id;
  }

  #stopSandbox(id: string): void {
    const sandbox = this.sandboxes.get(id);
    if (!sandbox) return;
    for (const { id: container, sandbox: of } of this.containers.values()) if (of === id) this.exit(container, 137);
    sandbox.ready = false;
  }

  #removeSandbox(id: string): void {
    this.#stopSandbox(id);
    for (const container of this.containers.values()) {
      if (container.sandbox === id) this.containers.delete(container.id);
    }
    this.sandboxes.delete(id);
  }

  #create(sandbox: string, config: ContainerConfig): string {
    if (!this.sandboxes.get(sandbox)?.ready) throw new RuntimeError('not-found', `sandbox ${sandbox} is not ready`);
    const same = [...this.containers.values()].some(
      (c) => c.sandbox === sandbox && c.name === config.name && c.attempt === config.attempt,
    );
    if (same) throw new RuntimeError('failed', `name "${config.name}_${config.attempt}" is reserved`);
    const id = `${config.name}-${++this.#next}`;
    this.containers.set(id, {
      id,
      sandbox,
      name: config.name,
      attempt: config.attempt,
      state: 'created',
      image: config.userImage,
      imageRef: `sha256:${config.userImage}`,
      createdAt: this.#clock.now(),
      labels: config.labels,
      annotations: config.annotations,
      exitCode: 0,
      reason: '',
      message: '',
      logPath: config.logPath,
      mounts: config.mounts,
      command: config.command,
      ended: [],
    });
    return id;
  }

  #start(id: string): void {
    const container = this.#get(id);
    if (!this.sandboxes.get(container.sandbox)?.ready) throw new RuntimeError('failed', 'the sandbox is not ready');
    Object.assign(container, { state: 'running', startedAt: this.#clock.now() });
    const code = /^exit:(\d+)$/.exec(container.image)?.[1];
    if (code !== undefined) this.exit(id, Number(code));
  }

  /** The earliest of several stops counts. */
  async #stop(id: string, seconds: number): Promise<void> {
    const container = this.containers.get(id);
    if (container?.state !== 'running') return;
    if (container.image !== 'stubborn') {
      this.exit(id, 143);
      return;
    }
    const ended = new Promise<void>((resolve) => container.ended.push(resolve));
    this.#clock.after(seconds * 1000, () => this.exit(id, 137));
    await ended;
  }

  async #run(id: string, command: readonly string[]): Promise<CommandResult> {
    const container = this.#get(id);
    if (container.state !== 'running') throw new RuntimeError('failed', 'container is not running');
    return await this.commands(container, command);
  }

  #detail(id: string): ContainerDetail | undefined {
    const container = this.containers.get(id);
    if (!container) return undefined;
    const { command: _command, ended: _ended, ...detail } = container;
    return { ...detail };
  }

  #get(id: string): Container {
    const container = this.containers.get(id);
    if (!container) throw new RuntimeError('not-found', `container ${id} is not there`);
    return container;
  }
}

function entryOf(container: Container): ContainerEntry {
  const { id, sandbox, name, attempt, state, image, imageRef, createdAt, labels, annotations } = container;
  return { id, sandbox, name, attempt, state, image, imageRef, createdAt, labels, annotations };
}

function imageEntry(name: string): ImageEntry {
  return { id: name, tags: [name], digests: [], size: 7, uid: 0, username: '' };
}
