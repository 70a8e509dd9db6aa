/** Performs what was decided for a pod. Failures become waiting reasons and events; the next pass decides again. */
import type { Observed, PodAction } from '../../../kube/pod-lifecycle/index.ts';
import { ContainerKills } from '../containers/container-kills.ts';
import { ContainerStarts } from '../containers/container-starts.ts';
import type { PodListing, UnderWay } from '../observe.ts';
import { PodSandbox } from '../sandbox/pod-sandbox.ts';
import { type ActionOutcome, type PodAccess, recordEvent } from './pod-access.ts';
import type { PodPorts } from './pod-ports.ts';

export class PodActor {
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  readonly #sandbox: PodSandbox;
  readonly #starts: ContainerStarts;
  readonly #kills: ContainerKills;
  #ended = 0;

  constructor(ports: PodPorts, access: PodAccess) {
    this.#ports = ports;
    this.#access = access;
    this.#sandbox = new PodSandbox(ports, access);
    const ended = () => {
      this.#ended++;
      ports.refresh();
      access.wake();
    };
    this.#starts = new ContainerStarts(ports, access, ended);
    this.#kills = new ContainerKills(ports, access, ended);
  }

  get underWay(): UnderWay {
    return {
      starting: this.#starts.starting,
      startingNames: this.#starts.names,
      stopping: this.#kills.stopping,
    };
  }

  /**
   * The number of starts and kills that are over. A look at the runtime that began before the last of them ended may
   * show a container as it was before, so nothing is decided by it.
   */
  get ended(): number {
    return this.#ended;
  }

  /** The pod is to end: no start is wanted any more. */
  abort(): void {
    this.#starts.abort();
  }

  /** The cause of failed actions may be over: back-offs begin anew. */
  retry(): void {
    this.#sandbox.retry();
    this.#starts.retry();
    this.#kills.retry();
  }

  async perform(action: PodAction, observed: Observed): Promise<ActionOutcome> {
    switch (action.do) {
      case 'event':
        recordEvent(this.#ports, this.#access.pod(), action.event);
        return { acted: false };
      case 'create-sandbox':
        return this.#sandbox.create(action.attempt);
      case 'stop-sandbox':
        return this.#alone(() => this.#sandbox.stop(action.id));
      case 'start-container':
        return this.#starts.start(action, observed);
      case 'kill-container':
        this.#starts.abort(action.container);
        return this.#kills.kill(action);
      case 'finish':
        return this.#alone(async () => ({ acted: false }));
    }
  }

  /** Takes the pod's remains out of the runtime. */
  async remove(listing: PodListing): Promise<void> {
    const { runtime, refresh } = this.#ports;
    for (const { id } of listing.containers) await runtime.removeContainer(id);
    for (const { id } of listing.sandboxes) {
      await runtime.stopSandbox(id);
      await runtime.removeSandbox(id);
    }
    refresh();
  }

  /** Waits while a container may still be created: its end wakes the pod. */
  async #alone(act: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
    if (!this.#starts.busy) return act();
    this.#starts.abort();
    return { acted: false, stop: true };
  }
}
