/** One start of a container (kubelet `kuberuntime_container.go`, startContainer): image, files, environment, hook. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isStaticPod } from '../../../kube/kinds/core/static-pods.ts';
import { type ObservedSandbox, podEvents } from '../../../kube/pod-lifecycle/index.ts';
import type { ConfigMap, Container, Pod, Secret } from '../../../kube/types.ts';
import { readText } from '../../files/text-files.ts';
import type { ImageEntry } from '../../runtimes/runtime.ts';
import { type Handler, runHandler } from '../handlers/run-handler.ts';
import { type PodAccess, recordEvent, volumeRequest } from '../pods/pod-access.ts';
import type { PodPorts } from '../pods/pod-ports.ts';
import { sandboxConfig } from '../sandbox/sandbox-config.ts';
import { containerConfig } from './container-config.ts';
import { containerMounts } from './container-mounts.ts';
import { ConfigError, environmentOf } from './env.ts';
import { hostsFile } from './hosts-file.ts';

/** kubelet gives a postStart hook no time limit of its own; the runtime's calls need one. Milliseconds. */
const HOOK_TIMEOUT = 300_000;

export type StartStep = 'prepare' | 'create' | 'start';

/** Its postStart hook has failed, and the container was ended for that. */
export class HookError extends Error {}

export class ContainerStart {
  /** The step that it has come to. */
  step: StartStep = 'prepare';
  /** The runtime's, once it has been created. */
  id: string | undefined;
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  readonly #container: Container;
  readonly #attempt: number;
  readonly #abort = new AbortController();

  constructor(ports: PodPorts, access: PodAccess, container: Container, attempt: number) {
    this.#ports = ports;
    this.#access = access;
    this.#container = container;
    this.#attempt = attempt;
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Resolves when the container runs and its postStart hook is over, or soon after it was aborted. */
  async run(sandbox: ObservedSandbox): Promise<void> {
    const pod = this.#access.pod();
    const container = this.#container;
    const { runtime, hostIPs } = this.#ports;
    const ips = pod.spec?.hostNetwork ? hostIPs() : sandbox.ips;
    const image = await this.#image(pod);
    if (!image || this.aborted) return;
    const config = await this.#config(pod, image, ips);
    const forSandbox = sandboxConfig(pod, sandbox.attempt, this.#ports);
    await mkdir(join(forSandbox.logDirectory, container.name), { recursive: true });
    if (this.aborted) return;
    this.step = 'create';
    const id = await runtime.createContainer(sandbox.id, config, forSandbox);
    this.id = id;
    recordEvent(this.#ports, pod, podEvents.created(), container.name);
    if (this.aborted) return;
    this.step = 'start';
    await runtime.startContainer(id);
    recordEvent(this.#ports, pod, podEvents.started(), container.name);
    await this.#postStart(pod, id, ips[0] ?? '');
  }

  /** Undefined when it is not wanted any more. */
  async #image(pod: Pod): Promise<ImageEntry | undefined> {
    const { images, objects } = this.#ports;
    const { namespace = '', uid = '' } = pod.metadata;
    const pulled = images.ensure({
      pod,
      container: this.#container,
      secret: (name) => objects.get<Secret>('secrets', namespace, name, uid),
      event: (event) => recordEvent(this.#ports, pod, event, this.#container.name),
    });
    const { signal } = this.#abort;
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    pulled.catch(() => {});
    return await Promise.race([pulled, aborted]);
  }

  async #config(pod: Pod, image: ImageEntry, ips: readonly string[]) {
    const container = this.#container;
    const { runtime, volumes, folders, nodeMemory, owner, dns } = this.#ports;
    const published = await volumes.publish(volumeRequest(this.#ports, pod, ips));
    const { uid = '' } = pod.metadata;
    await mkdir(folders.pod(uid), { recursive: true });
    const hosts = hostsFile(pod, ips, dns.clusterDomain, () => readText('/etc/hosts'));
    await writeFile(folders.etcHosts(uid), hosts);
    const env = await this.#environment(pod, ips);
    const attempt = this.#attempt;
    const mounts = await containerMounts({ pod, container, attempt, env, volumes: published, folders, runtime });
    const seccompFolder = folders.seccomp;
    return containerConfig({ pod, container, attempt, image, env, mounts, nodeMemory, owner, seccompFolder });
  }

  #environment(pod: Pod, podIPs: readonly string[]): Promise<Map<string, string>> {
    const { objects, owner, hostIPs, allocatable } = this.#ports;
    const { namespace = '', uid = '' } = pod.metadata;
    // A static pod starts without the cluster, and then without what it says of Services.
    const services = this.#ports.services() ?? (isStaticPod(pod) ? [] : undefined);
    if (!services) throw new ConfigError('services have not yet been read at least once, cannot construct envs');
    return environmentOf(pod, this.#container, {
      node: { name: owner.node, hostIPs: hostIPs() },
      podIPs,
      allocatable,
      services,
      configMap: (name) => objects.get<ConfigMap>('configmaps', namespace, name, uid),
      secret: (name) => objects.get<Secret>('secrets', namespace, name, uid),
    });
  }

  async #postStart(pod: Pod, id: string, ip: string): Promise<void> {
    const container = this.#container;
    const hook = container.lifecycle?.postStart as Handler | undefined;
    if (!hook || this.aborted) return;
    const { runtime, clock } = this.#ports;
    const outcome = await runHandler(
      { runtime, clock },
      hook,
      { container, id, ip, isHook: true },
      HOOK_TIMEOUT,
      this.#abort.signal,
    );
    if (outcome.ok || this.aborted) return;
    recordEvent(this.#ports, pod, podEvents.failedPostStart(), container.name);
    recordEvent(this.#ports, pod, podEvents.killing(container.name, 'FailedPostStartHook'), container.name);
    await runtime.stopContainer(id, pod.spec?.terminationGracePeriodSeconds ?? 30);
    throw new HookError(outcome.output);
  }
}
