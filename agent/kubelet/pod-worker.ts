/**
 * One pod's loop: look, decide (in `kube/pod-lifecycle`), act, report, and sleep until something changes or is due.
 * Passes never overlap; kills and probes run beside them.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type DecideInput,
  decide,
  isTerminal,
  NO_MEMORY,
  type Observed,
  type PodAction,
  type PodMemory,
  podEvents,
  podStatus,
  refusedStatus,
} from '../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../kube/types.ts';
import { ApiError } from '../api/client.ts';
import { removeTree } from '../files/remove-tree.ts';
import { containerHash, HASH } from './labels.ts';
import { newestSandbox, type PodListing } from './observe.ts';
import { PodActor } from './pod-actor.ts';
import type { PodPorts } from './pod-ports.ts';
import { Prober } from './prober.ts';

export class PodWorker {
  readonly uid: string;
  readonly #ports: PodPorts;
  readonly #actor: PodActor;
  readonly #prober: Prober;
  #pod: Pod;
  #memory: PodMemory = NO_MEMORY;
  /** The cluster does not know the pod any more: it is stopped and nothing is reported. */
  #gone = false;
  #done = false;
  #admitted = false;
  #awake = true;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  /** No sandbox is tried before then: the last one failed, and left traces that look like changes. */
  #holdUntil = 0;

  constructor(pod: Pod, ports: PodPorts) {
    this.uid = pod.metadata.uid ?? '';
    this.#pod = pod;
    this.#ports = ports;
    const access = {
      memory: () => this.#memory,
      remember: (memory: PodMemory) => {
        this.#memory = memory;
      },
      wake: () => this.wake(),
    };
    this.#actor = new PodActor(ports, { ...access, pod: () => this.#pod });
    this.#prober = new Prober({ ...ports, ...access, event: (about, event) => ports.events.pod(about, event) });
  }

  update(pod: Pod): void {
    const before = this.#pod.metadata;
    const status = this.#ports.statuses.latest(pod);
    this.#pod = status ? { ...pod, status } : pod;
    const { labels, annotations } = pod.metadata;
    if (!isDeepStrictEqual([labels, annotations], [before.labels, before.annotations])) {
      this.refreshVolumes().catch(() => {});
    }
    this.#ports.statuses.observe(pod);
    if (pod.metadata.deletionTimestamp) this.#actor.abort();
    this.wake();
  }

  /** The pod was removed from the cluster. */
  removed(): void {
    this.#gone = true;
    this.#actor.abort();
    const { deletionTimestamp, deletionGracePeriodSeconds } = this.#pod.metadata;
    this.#pod = {
      ...this.#pod,
      metadata: {
        ...this.#pod.metadata,
        deletionTimestamp: deletionTimestamp ?? new Date(this.#ports.now()).toISOString(),
        deletionGracePeriodSeconds: deletionGracePeriodSeconds ?? 0,
      },
    };
    this.wake();
  }

  wake(): void {
    this.#awake = true;
    clearTimeout(this.#timer);
    void this.#run();
  }

  /** Brings mounted ConfigMaps, Secrets and tokens up to date. */
  async refreshVolumes(): Promise<void> {
    const running = (this.#pod.status?.containerStatuses ?? []).some(({ state }) => state?.running);
    if (!running || this.#pod.metadata.deletionTimestamp) return;
    await this.#actor.refreshVolumes((this.#pod.status?.podIPs ?? []).map(({ ip = '' }) => ip));
  }

  /** Something the pod needs has changed: what failed may be tried at once. */
  retry(): void {
    this.#holdUntil = 0;
    this.#actor.retry();
    this.wake();
  }

  stop(): void {
    this.#done = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#awake && !this.#done) {
      this.#awake = false;
      try {
        await this.#pass();
        this.#failures = 0;
      } catch (error) {
        const { name, namespace } = this.#pod.metadata;
        if (this.#done) break;
        this.#ports.log.warn(`pod ${namespace}/${name}: ${(error as Error).message}`);
        this.#sleep(this.#ports.now() + Math.min(500 * 2 ** this.#failures++, 60_000));
      }
    }
    this.#running = false;
  }

  #sleep(until: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.max(0, until - this.#ports.now()));
  }

  async #pass(): Promise<void> {
    if (!this.#admitted) await this.#admit();
    const listing = await this.#ports.listing(this.uid);
    const observed = await this.#ports.observer.observe(listing, this.#actor.stopping);
    const input: DecideInput = { pod: this.#pod, observed, memory: this.#memory, now: this.#ports.now() };
    const decision = decide(input);
    this.#memory = decision.memory;
    const actions = [...decision.actions, ...this.#outdated(listing)];
    this.#report(observed);
    let acted = false;
    let retryAt: number | undefined;
    const held = this.#holdUntil > this.#ports.now() && actions.some((action) => action.do === 'create-sandbox');
    if (held) retryAt = this.#holdUntil;
    for (const action of held ? [] : actions) {
      if (action.do === 'finish') {
        await this.#finish(listing);
        return;
      }
      const outcome = await this.#actor.perform(action, observed);
      acted ||= outcome.acted;
      if (outcome.retryAt !== undefined) retryAt = Math.min(retryAt ?? outcome.retryAt, outcome.retryAt);
      if (!outcome.stop) continue;
      acted = false;
      this.#ports.refresh();
      if (action.do === 'create-sandbox') this.#holdUntil = outcome.retryAt ?? 0;
      break;
    }
    if (acted) {
      this.#ports.refresh();
      this.#awake = true;
      return;
    }
    if (isTerminal(this.#pod) && decision.actions.length === 0) this.#ports.ended(this.#pod, listing);
    this.#report(observed);
    const probeAt = this.#prober.tick(this.#pod, observed, this.#ports.hostIPs()[0] ?? '127.0.0.1');
    const times = [decision.wakeAt, probeAt, retryAt].filter((time) => time !== undefined);
    if (times.length > 0 && !this.#awake) this.#sleep(Math.min(...times));
  }

  /** A pod that the node does not take has failed before anything of it was there. */
  async #admit(): Promise<void> {
    const refused = await this.#ports.admit(this.#pod);
    this.#admitted = true;
    if (!refused || this.#gone) return;
    const status = refusedStatus(this.#pod, refused, this.#ports.now());
    this.#ports.events.pod(this.#pod, podEvents.refused(refused));
    this.#ports.statuses.set(this.#pod, status);
    this.#pod = { ...this.#pod, status };
  }

  /** A running container whose image was changed in the pod is replaced. */
  #outdated(listing: PodListing): PodAction[] {
    if (this.#pod.metadata.deletionTimestamp) return [];
    const sandbox = newestSandbox(listing)?.id;
    return (this.#pod.spec?.containers ?? []).flatMap((container): PodAction[] => {
      const running = listing.containers.find(
        (c) => c.name === container.name && c.state === 'running' && c.sandbox === sandbox,
      );
      const hash = running?.annotations[HASH];
      if (!running || !hash || hash === containerHash(container) || this.#actor.stopping.has(running.id)) return [];
      return [
        {
          do: 'kill-container',
          container: container.name,
          id: running.id,
          gracePeriodSeconds: this.#pod.spec?.terminationGracePeriodSeconds ?? 30,
          why: 'pod-ending',
          message: `Container ${container.name} definition changed, will be restarted`,
        },
      ];
    });
  }

  #report(observed: Observed): void {
    if (this.#gone) return;
    const { now, hostIPs, statuses } = this.#ports;
    const status = podStatus({ pod: this.#pod, observed, memory: this.#memory, hostIPs: hostIPs(), now: now() });
    // Before anybody hears that it is over, and sends another in its place.
    if (isTerminal({ ...this.#pod, status })) this.#ports.release(this.#pod);
    statuses.set(this.#pod, status);
    this.#pod = { ...this.#pod, status };
  }

  /** Nothing runs any more: the last status, then the pod itself, then its remains. */
  async #finish(listing: PodListing): Promise<void> {
    const { metadata } = this.#pod;
    this.#ports.release(this.#pod);
    if (!this.#gone) {
      await this.#ports.statuses.settled(this.uid);
      try {
        await this.#ports.api.request('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: 0,
          preconditions: { uid: this.uid },
        });
      } catch (error) {
        if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
      }
      this.#gone = true;
    }
    await this.#actor.remove(listing);
    const { folders } = this.#ports;
    await this.#ports.volumes.unpublish(this.uid);
    await removeTree(folders.podLogs(metadata.namespace ?? '', metadata.name ?? '', this.uid));
    this.#ports.statuses.forget(this.uid);
    this.#done = true;
    this.#ports.finished(this.#pod);
  }
}
