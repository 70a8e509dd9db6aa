/** The sandbox of one pod: made and stopped. */
import { mkdir } from 'node:fs/promises';
import { podEvents } from '../../../kube/pod-lifecycle/index.ts';
import { VolumeError } from '../../volumes/manager.ts';
import { type ActionOutcome, type PodAccess, recordEvent, volumeRequest } from '../pods/pod-access.ts';
import type { PodPorts } from '../pods/pod-ports.ts';
import { Retries } from '../retries.ts';
import { runtimeHandler } from './runtime-handler.ts';
import { sandboxConfig } from './sandbox-config.ts';

/** A sandbox that failed leaves traces that look like changes, so a change is no reason to try at once. */
const RETRY = { initial: 5_000, max: 60_000 };

export class PodSandbox {
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  readonly #retries: Retries;

  constructor(ports: PodPorts, access: PodAccess) {
    this.#ports = ports;
    this.#access = access;
    this.#retries = new Retries(ports, RETRY);
  }

  /** The cause of a failure may be over: the back-off begins anew. */
  retry(): void {
    this.#retries.clear();
  }

  create(attempt: number): Promise<ActionOutcome> {
    const { api, runtime, volumes } = this.#ports;
    const pod = this.#access.pod();
    const failed = (error: Error) =>
      error instanceof VolumeError
        ? podEvents.failedMount(error.volume, error.message)
        : podEvents.failedCreateSandbox(error.message);
    return this.#try('create', failed, async () => {
      // Volumes come before the sandbox, so that a missing ConfigMap is reported first and no sandbox waits for it.
      await volumes.publish(volumeRequest(this.#ports, pod, []));
      const config = sandboxConfig(pod, attempt, this.#ports);
      await mkdir(config.logDirectory, { recursive: true });
      await runtime.runSandbox(config, await runtimeHandler(pod, api, runtime));
    });
  }

  stop(id: string): Promise<ActionOutcome> {
    return this.#try('stop', failedKill, () => this.#ports.runtime.stopSandbox(id));
  }

  async #try(
    action: string,
    event: (error: Error) => ReturnType<typeof podEvents.failedKillPod>,
    act: () => Promise<void>,
  ): Promise<ActionOutcome> {
    const held = this.#retries.heldUntil(action);
    if (held !== undefined) return { acted: false, stop: true, retryAt: held };
    try {
      await act();
    } catch (error) {
      recordEvent(this.#ports, this.#access.pod(), event(error as Error));
      this.#ports.refresh();
      return { acted: false, stop: true, retryAt: this.#retries.failed(action) };
    }
    this.#retries.worked(action);
    return { acted: true };
  }
}

const failedKill = (error: Error) => podEvents.failedKillPod(error.message);
