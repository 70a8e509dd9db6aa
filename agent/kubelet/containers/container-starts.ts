/**
 * The starts of a pod's containers. They run beside the pod's loop, so that a slow pull or postStart hook holds up no
 * probe, no status and no kill. Within a sandbox, containers start for the first time in their order, each after the
 * postStart hook of the one before, as kubelet does; what has run before waits for no other.
 */
import { entryOf } from '../../../kube/machinery/entries.ts';
import {
  containerOf,
  forgetWaiting,
  newestContainer,
  type Observed,
  type ObservedSandbox,
  type PodAction,
  podEvents,
  rememberWaiting,
} from '../../../kube/pod-lifecycle/index.ts';
import { VolumeError } from '../../volumes/manager.ts';
import { ImageError } from '../images/images.ts';
import { type ActionOutcome, type PodAccess, recordEvent } from '../pods/pod-access.ts';
import type { PodPorts } from '../pods/pod-ports.ts';
import { Retries } from '../retries.ts';
import { ContainerStart, HookError, type StartStep } from './container-start.ts';

type StartAction = Extract<PodAction, { do: 'start-container' }>;

interface Running {
  start: ContainerStart;
  first: boolean;
}

const RETRY = { initial: 5_000, max: 60_000 };
/** The waiting reason for a failure of each step (kubelet `kuberuntime_container.go`). */
const REASONS: Record<StartStep, string> = {
  prepare: 'CreateContainerConfigError',
  create: 'CreateContainerError',
  start: 'RunContainerError',
};

export class ContainerStarts {
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  /** By container name. */
  readonly #running = new Map<string, Running>();
  readonly #retries: Retries;
  readonly #ended: () => void;
  /** Names of the containers whose last start worked. */
  readonly #worked = new Set<string>();
  /** The time at which a failed image pull may be tried again. */
  readonly #pullAt = new Map<string, number>();

  /** `ended`: a start is over. */
  constructor(ports: PodPorts, access: PodAccess, ended: () => void) {
    this.#ports = ports;
    this.#access = access;
    this.#ended = ended;
    this.#retries = new Retries(ports, RETRY);
  }

  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Runtime ids of the containers whose start is not over. */
  get starting(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { start } of this.#running.values()) if (start.id && !start.aborted) ids.add(start.id);
    return ids;
  }

  /** Names of the containers whose start is not over. */
  get names(): ReadonlySet<string> {
    return new Set(this.#running.keys());
  }

  /** The cause of their failure may be over: back-offs begin anew. */
  retry(): void {
    this.#retries.clear();
    this.#pullAt.clear();
  }

  /** The containers are to end: pulls and hooks under way are dropped. */
  abort(container?: string): void {
    for (const [name, { start }] of this.#running) if (container === undefined || name === container) start.abort();
  }

  start({ container: name, attempt }: StartAction, observed: Observed): ActionOutcome {
    const pod = this.#access.pod();
    const container = containerOf(pod, name);
    const sandbox = observed.sandbox;
    if (!container || !sandbox || this.#running.has(name)) return { acted: false };
    const held = this.#retries.heldUntil(name) ?? this.#pullHeld(name);
    if (held !== undefined) return { acted: false, retryAt: held };
    const newest = newestContainer(observed, name, sandbox.id);
    // The runtime has left it as created though its start worked: that is no start.
    if (this.#worked.delete(name) && newest?.state === 'created') {
      return { acted: false, retryAt: this.#retries.failed(name) };
    }
    const first = newest === undefined;
    if (first && [...this.#running.values()].some((running) => running.first)) return { acted: false };
    const start = new ContainerStart(this.#ports, this.#access, container, attempt);
    this.#running.set(name, { start, first });
    void this.#run(name, start, sandbox).finally(() => {
      this.#running.delete(name);
      this.#ended();
    });
    return { acted: false, begun: true };
  }

  #pullHeld(name: string): number | undefined {
    const at = this.#pullAt.get(name);
    return at !== undefined && this.#ports.clock.now() < at ? at : undefined;
  }

  async #run(name: string, start: ContainerStart, sandbox: ObservedSandbox): Promise<void> {
    try {
      await start.run(sandbox);
      if (start.aborted) return;
      this.#retries.forget(name);
      this.#worked.add(name);
      this.#access.remember(forgetWaiting(this.#access.memory(), name));
    } catch (error) {
      this.#failed(name, start.step, error as Error);
    }
  }

  #failed(name: string, step: StartStep, error: Error): void {
    if (error instanceof ImageError) {
      this.#imageFailed(name, error);
    } else if (error instanceof VolumeError) {
      this.#retries.failed(name);
      recordEvent(this.#ports, this.#access.pod(), podEvents.failedMount(error.volume, error.message));
    } else if (error instanceof HookError) {
      // The container ran: its restarts have a back-off of their own. The hook's output may be secret, so no event has
      // it.
      this.#access.remember(rememberWaiting(this.#access.memory(), name, 'PostStartHookError', error.message));
    } else {
      // Runs after a successful start, too: the runtime may have left it as created, which is no reason to wait by
      // itself.
      this.#retries.failed(name);
      this.#wait(name, REASONS[step], error.message);
    }
  }

  #imageFailed(name: string, error: ImageError): void {
    const now = this.#ports.clock.now();
    this.#pullAt.set(name, error.retryAt ?? now + (error.reason === 'ErrImagePull' ? 1000 : 10_000));
    // The pod is looked at more often than the event is worth repeating.
    const same = entryOf(this.#access.memory().waiting, name)?.reason === error.reason;
    if (same && error.reason === 'ImagePullBackOff') return;
    this.#wait(name, error.reason, error.message, error.reason);
  }

  /** The container's waiting reason, and an event for each try, whose text is `said`. */
  #wait(name: string, reason: string, message: string, said = message): void {
    this.#access.remember(rememberWaiting(this.#access.memory(), name, reason, message));
    recordEvent(this.#ports, this.#access.pod(), podEvents.failed(said), name);
  }
}
