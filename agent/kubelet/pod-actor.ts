/** Performs what was decided for a pod. Failures become waiting reasons and events; the next pass decides again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  about,
  containerOf,
  forgetWaiting,
  type Observed,
  type PodAction,
  type PodEvent,
  type PodMemory,
  podEvents,
  rememberWaiting,
} from '../../kube/pod-lifecycle/index.ts';
import type { ConfigMap, Container, Pod, Secret } from '../../kube/types.ts';
import { readText } from '../files/text-files.ts';
import type { ImageEntry } from '../runtimes/runtime.ts';
import { VolumeError } from '../volumes/manager.ts';
import type { VolumeRequest } from '../volumes/volume.ts';
import { containerConfig } from './container-config.ts';
import { containerMounts } from './container-mounts.ts';
import { ConfigError, environmentOf } from './env.ts';
import { type Handler, runHandler } from './handlers.ts';
import { hostnameOf, hostsFile } from './hosts-file.ts';
import { ImageError } from './images.ts';
import type { PodListing } from './observe.ts';
import type { PodPorts } from './pod-ports.ts';
import { runtimeHandler } from './runtime-handler.ts';
import { sandboxConfig } from './sandbox-config.ts';

export interface PodAccess {
  pod(): Pod;
  memory(): PodMemory;
  remember(memory: PodMemory): void;
  wake(): void;
}

export interface ActionOutcome {
  /** Something in the runtime changed: look again at once. */
  acted: boolean;
  /** The rest of the actions make no sense now. */
  stop?: boolean;
  retryAt?: number;
}

const FAILED_RETRY = 10_000;
/** kubelet `minimumGracePeriodInSeconds`: what a container gets after its preStop hook used all its time. */
const MINIMUM_GRACE = 2;

export class PodActor {
  /** Runtime ids of containers that are being stopped. */
  readonly stopping = new Set<string>();
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  #aborted: (() => void) | undefined;
  #isAborted = false;
  /** By container: when starting it may be tried again. */
  readonly #notBefore = new Map<string, number>();

  constructor(ports: PodPorts, access: PodAccess) {
    this.#ports = ports;
    this.#access = access;
  }

  /** The pod is to end: what is being waited for (a pull) is not wanted any more. */
  abort(): void {
    this.#isAborted = true;
    this.#aborted?.();
  }

  retry(): void {
    this.#notBefore.clear();
  }

  async perform(action: PodAction, observed: Observed): Promise<ActionOutcome> {
    switch (action.do) {
      case 'event':
        this.#event(action.event);
        return { acted: false };
      case 'create-sandbox':
        return this.#createSandbox(action.attempt);
      case 'remove-sandbox':
        await this.#ports.runtime.stopSandbox(action.id);
        await this.#ports.runtime.removeSandbox(action.id);
        return { acted: true };
      case 'stop-sandbox':
        await this.#ports.runtime.stopSandbox(action.id);
        return { acted: true };
      case 'start-container':
        return this.#start(action.container, action.attempt, observed);
      case 'kill-container':
        return this.#kill(action);
      case 'finish':
        return { acted: false };
    }
  }

  #event(event: PodEvent): void {
    this.#ports.events.pod(this.#access.pod(), event);
  }

  async #createSandbox(attempt: number): Promise<ActionOutcome> {
    const pod = this.#access.pod();
    const config = sandboxConfig(pod, attempt, this.#ports.folders, this.#ports.dns);
    try {
      // Before the sandbox, so that a missing ConfigMap is told first and holds nothing.
      await this.#ports.volumes.publish(this.#volumeRequest([]));
      mkdirSync(config.logDirectory, { recursive: true });
      const { api, runtime } = this.#ports;
      await runtime.runSandbox(config, await runtimeHandler(pod, api, runtime));
      return { acted: true };
    } catch (error) {
      if (error instanceof VolumeError) this.#event(podEvents.failedMount(error.volume, error.message));
      else this.#event(podEvents.failedCreateSandbox((error as Error).message));
      return { acted: false, stop: true, retryAt: this.#ports.now() + FAILED_RETRY };
    }
  }

  #volumeRequest(podIPs: readonly string[]): VolumeRequest {
    const { tokens, objects, nodeName, hostIPs, allocatable } = this.#ports;
    const pod = this.#access.pod();
    const { namespace = '', uid = '' } = pod.metadata;
    return {
      pod,
      node: { name: nodeName, hostIPs: hostIPs(), allocatable },
      podIPs,
      object: (resource, object) => objects.get(resource, namespace, object, uid),
      serviceAccountToken: ({ audience, expirationSeconds }) => tokens.get(pod, audience, expirationSeconds),
    };
  }

  /** Brings mounted ConfigMaps, Secrets, tokens and what the pod shows of itself up to date. */
  async refreshVolumes(podIPs: readonly string[]): Promise<void> {
    await this.#ports.volumes.refresh(this.#volumeRequest(podIPs));
  }

  async #start(name: string, attempt: number, observed: Observed): Promise<ActionOutcome> {
    const pod = this.#access.pod();
    const container = containerOf(pod, name);
    const sandbox = observed.sandbox;
    if (!container || !sandbox) return { acted: false };
    const notBefore = this.#notBefore.get(name) ?? 0;
    if (this.#ports.now() < notBefore) return { acted: false, retryAt: notBefore };
    const ips = pod.spec?.hostNetwork ? this.#ports.hostIPs() : sandbox.ips;
    let step: 'prepare' | 'create' | 'start' = 'prepare';
    try {
      const image = await this.#image(pod, container);
      if (!image || this.#isAborted) return { acted: false, stop: true };
      const volumes = await this.#ports.volumes.publish(this.#volumeRequest(ips));
      this.#writeHosts(pod, ips);
      const env = await this.#environment(pod, container, ips);
      const { folders, nodeMemory, runtime } = this.#ports;
      const mounts = await containerMounts({ pod, container, attempt, env, volumes, folders, runtime });
      const config = containerConfig({ pod, container, attempt, image, env, mounts, nodeMemory });
      const forSandbox = sandboxConfig(pod, sandbox.attempt, folders, this.#ports.dns);
      mkdirSync(join(forSandbox.logDirectory, name), { recursive: true });
      step = 'create';
      const id = await runtime.createContainer(sandbox.id, config, forSandbox);
      this.#event(about(pod, name, podEvents.created()));
      step = 'start';
      await runtime.startContainer(id);
      this.#event(about(pod, name, podEvents.started()));
      this.#access.remember(forgetWaiting(this.#access.memory(), name));
      await this.#postStart(pod, container, id, ips[0] ?? '');
      return { acted: true };
    } catch (error) {
      return this.#startFailed(name, step, error as Error);
    }
  }

  #startFailed(name: string, step: 'prepare' | 'create' | 'start', error: Error): ActionOutcome {
    const pod = this.#access.pod();
    const retryAt = this.#ports.now() + FAILED_RETRY;
    if (!(error instanceof ImageError) && step !== 'start') this.#notBefore.set(name, retryAt);
    const wait = (reason: string, event: PodEvent, at = retryAt): ActionOutcome => {
      this.#access.remember(rememberWaiting(this.#access.memory(), name, reason, error.message));
      this.#event(about(pod, name, event));
      return { acted: false, retryAt: at };
    };
    if (error instanceof ImageError) {
      const at = error.retryAt ?? this.#ports.now() + 1000;
      // The pod is looked at more often than the event is worth repeating.
      const same = this.#access.memory().waiting[name]?.reason === error.reason;
      if (same && error.reason === 'ImagePullBackOff') return { acted: false, retryAt: at };
      return wait(error.reason, podEvents.failed(error.reason), error.reason === 'ErrImageNeverPull' ? retryAt : at);
    }
    if (error instanceof VolumeError) {
      this.#event(podEvents.failedMount(error.volume, error.message));
      return { acted: false, retryAt };
    }
    if (error instanceof ConfigError) return wait('CreateContainerConfigError', podEvents.failed(error.message));
    if (step === 'start') {
      // The runtime keeps it as exited, with reason StartError: the next pass sees that and backs off.
      const waiting = rememberWaiting(this.#access.memory(), name, 'RunContainerError', error.message);
      this.#access.remember(waiting);
      this.#event(about(pod, name, podEvents.failed(error.message)));
      return { acted: true };
    }
    return wait('CreateContainerError', podEvents.failed(error.message));
  }

  async #image(pod: Pod, container: Container): Promise<ImageEntry | undefined> {
    const { images, objects } = this.#ports;
    const { namespace = '', uid = '' } = pod.metadata;
    const pulled = images.ensure({
      pod,
      container,
      secret: (name) => objects.get<Secret>('secrets', namespace, name, uid),
      event: (event) => this.#event(about(pod, container.name, event)),
    });
    const aborted = new Promise<undefined>((resolve) => {
      this.#aborted = () => resolve(undefined);
    });
    pulled.catch(() => {});
    return Promise.race([pulled, aborted]);
  }

  #environment(pod: Pod, container: Container, podIPs: readonly string[]): Promise<Map<string, string>> {
    const { objects, nodeName, hostIPs, allocatable, services } = this.#ports;
    const { namespace = '', uid = '' } = pod.metadata;
    return environmentOf(pod, container, {
      node: { name: nodeName, hostIPs: hostIPs() },
      podIPs,
      allocatable,
      services: services(),
      configMap: (name) => objects.get<ConfigMap>('configmaps', namespace, name, uid),
      secret: (name) => objects.get<Secret>('secrets', namespace, name, uid),
    });
  }

  #writeHosts(pod: Pod, ips: readonly string[]): void {
    const path = this.#ports.folders.etcHosts(pod.metadata.uid ?? '');
    mkdirSync(this.#ports.folders.pod(pod.metadata.uid ?? ''), { recursive: true });
    writeFileSync(
      path,
      hostsFile(pod, ips, hostnameOf(pod), () => readText('/etc/hosts')),
    );
  }

  async #postStart(pod: Pod, container: Container, id: string, ip: string): Promise<void> {
    const hook = container.lifecycle?.postStart as Handler | undefined;
    if (!hook) return;
    const outcome = await runHandler(this.#ports.runtime, hook, { container, id, ip }, 300_000);
    if (outcome.ok) return;
    this.#event(about(pod, container.name, podEvents.failedPostStart(outcome.output)));
    this.#event(about(pod, container.name, podEvents.killing(container.name, 'FailedPostStartHook')));
    await this.#ports.runtime.stopContainer(id, pod.spec?.terminationGracePeriodSeconds ?? 30);
  }

  /** Runs beside the loop, so that a slow end holds nothing up; the loop is woken when it is over. */
  #kill(action: Extract<PodAction, { do: 'kill-container' }>): ActionOutcome {
    const id = action.id.replace(/^.*:\/\//, '');
    if (this.stopping.has(id)) return { acted: false };
    this.stopping.add(id);
    const pod = this.#access.pod();
    this.#event(about(pod, action.container, podEvents.killing(action.container, action.message)));
    void this.#stop(pod, action.container, id, action.gracePeriodSeconds)
      .catch((error: unknown) => this.#event(podEvents.failedKillPod((error as Error).message)))
      .finally(() => {
        this.stopping.delete(id);
        this.#ports.refresh();
        this.#access.wake();
      });
    return { acted: false };
  }

  async #stop(pod: Pod, name: string, id: string, grace: number): Promise<void> {
    const container = containerOf(pod, name);
    const hook = container?.lifecycle?.preStop as Handler | undefined;
    let left = grace;
    if (container && hook && grace > 0) {
      const started = this.#ports.now();
      const target = { container, id, ip: pod.status?.podIP ?? '' };
      const outcome = await runHandler(this.#ports.runtime, hook, target, grace * 1000);
      if (!outcome.ok) this.#event(about(pod, name, podEvents.failedPreStop(outcome.output)));
      left = Math.max(MINIMUM_GRACE, grace - Math.floor((this.#ports.now() - started) / 1000));
    }
    await this.#ports.runtime.stopContainer(id, left);
  }

  /** Takes the pod's remains out of the runtime. */
  async remove(listing: PodListing): Promise<void> {
    for (const { id } of listing.containers) await this.#ports.runtime.removeContainer(id);
    for (const { id } of listing.sandboxes) {
      await this.#ports.runtime.stopSandbox(id);
      await this.#ports.runtime.removeSandbox(id);
    }
    this.#ports.refresh();
  }
}
