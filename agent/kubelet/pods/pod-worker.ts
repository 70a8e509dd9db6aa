/**
 * One pod's loop: look, decide (in `kube/pod-lifecycle`), act, report, and sleep until something changes or is due.
 * Passes never overlap; starts, kills and probes run beside them.
 */
import { isDeepStrictEqual } from 'node:util';
import { isStaticPod } from '../../../kube/kinds/core/static-pods.ts';
import { entryOf } from '../../../kube/machinery/entries.ts';
import {
  type DecideInput,
  decide,
  isTerminal,
  NO_MEMORY,
  type Observed,
  type PodAction,
  type PodFailure,
  type PodMemory,
  podEvents,
  podStatus,
  refusedStatus,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import { BackOff } from '../../back-off.ts';
import { removeTree } from '../../files/remove-tree.ts';
import type { PodListing } from '../observe.ts';
import { deletePod } from './delete-pod.ts';
import { outdatedContainers } from './outdated.ts';
import { recordEvent, volumeRequest } from './pod-access.ts';
import { PodActor } from './pod-actor.ts';
import type { PodPorts } from './pod-ports.ts';
import { Prober } from './prober.ts';

const RETRY = { initial: 500, max: 10_000 };

export class PodWorker {
  readonly uid: string;
  readonly #ports: PodPorts;
  readonly #actor: PodActor;
  readonly #prober: Prober;
  readonly #backOff: BackOff;
  #pod: Pod;
  #memory: PodMemory = NO_MEMORY;
  /** The cluster does not know the pod any more: it is stopped and nothing is reported. */
  #gone = false;
  #done = false;
  #admitted = false;
  #awake = true;
  #running = false;
  /** After a failed pass, none before this time. */
  #heldUntil = 0;
  #cancel = () => {};

  constructor(pod: Pod, ports: PodPorts) {
    this.uid = pod.metadata.uid ?? '';
    this.#pod = pod;
    this.#ports = ports;
    this.#backOff = new BackOff(RETRY, ports.random);
    const access = {
      pod: () => this.#pod,
      memory: () => this.#memory,
      remember: (memory: PodMemory) => {
        this.#memory = memory;
      },
      wake: () => this.wake(),
    };
    this.#actor = new PodActor(ports, access);
    this.#prober = new Prober(ports, access);
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

  /** The pod was removed from the cluster by force: a graceful deletion would have waited for this node. */
  removed(): void {
    this.#gone = true;
    this.#actor.abort();
    const deletionTimestamp = new Date(this.#ports.clock.now()).toISOString();
    const metadata = { ...this.#pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
    this.#pod = { ...this.#pod, metadata };
    this.wake();
  }

  /** Ends the pod for the node's own reasons, as an eviction does. */
  fail(failure: PodFailure): void {
    if (isTerminal(this.#pod) || this.#memory.failure) return;
    this.#memory = { ...this.#memory, failure };
    this.#actor.abort();
    this.wake();
  }

  wake(): void {
    this.#awake = true;
    this.#cancel();
    void this.#run();
  }

  /** Brings mounted ConfigMaps, Secrets, tokens and what the pod shows of itself up to date. */
  async refreshVolumes(): Promise<void> {
    const running = (this.#pod.status?.containerStatuses ?? []).some(({ state }) => state?.running);
    if (!running || this.#pod.metadata.deletionTimestamp) return;
    const ips = (this.#pod.status?.podIPs ?? []).map(({ ip = '' }) => ip);
    await this.#ports.volumes.refresh(volumeRequest(this.#ports, this.#pod, ips));
  }

  /** Something the pod needs has changed: what failed may be tried at once. */
  retry(): void {
    this.#actor.retry();
    this.wake();
  }

  /** The machine's clock was set back: times that were waited for would come far too late. */
  clockSetBack(): void {
    this.#heldUntil = 0;
    this.#memory = { ...this.#memory, backOff: {}, probes: {} };
    this.retry();
  }

  stop(): void {
    this.#done = true;
    this.#cancel();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#awake && !this.#done) {
      if (this.#heldUntil > this.#ports.clock.now()) {
        this.#sleep(this.#heldUntil);
        break;
      }
      this.#awake = false;
      try {
        await this.#pass();
        this.#backOff.reset();
      } catch (error) {
        const { name, namespace } = this.#pod.metadata;
        if (this.#done) break;
        this.#ports.log.warn(`pod ${namespace}/${name}: ${(error as Error).message}`);
        this.#heldUntil = this.#ports.clock.now() + this.#backOff.next();
        this.#awake = true;
      }
    }
    this.#running = false;
  }

  #sleep(until: number): void {
    this.#cancel();
    this.#cancel = this.#ports.clock.after(until - this.#ports.clock.now(), () => this.wake());
  }

  async #pass(): Promise<void> {
    if (!this.#admitted) await this.#admit();
    const { observer, listing: list, clock, refresh, ended, hostIPs } = this.#ports;
    const endedBefore = this.#actor.ended;
    const listing = await list(this.uid);
    const observed = await observer.observe(listing, this.#actor.underWay);
    const isOutOfDate = () => this.#actor.ended !== endedBefore;
    if (isOutOfDate()) {
      this.#awake = true;
      return;
    }
    const input: DecideInput = { pod: this.#pod, observed, memory: this.#memory, now: clock.now() };
    const decision = decide(input);
    this.#memory = decision.memory;
    const outdated = outdatedContainers(this.#pod, listing, this.#actor.underWay, decision.actions);
    const actions = [...decision.actions, ...outdated];
    this.#report(observed);
    const retries: number[] = [];
    const begun = new Set<string>();
    let acted = false;
    for (const action of actions) {
      // Events are recorded even so: each is decided once.
      if (isOutOfDate() && action.do !== 'event') {
        acted = true;
        continue;
      }
      const outcome = await this.#actor.perform(action, observed);
      if (outcome.begun && action.do === 'start-container') begun.add(action.container);
      acted ||= outcome.acted;
      if (outcome.retryAt !== undefined) retries.push(outcome.retryAt);
      if (outcome.stop) {
        acted = false;
        break;
      }
      if (action.do === 'finish') {
        await this.#finish(listing);
        return;
      }
    }
    this.#memory = withoutTries(this.#memory, input.memory, actions, begun);
    if (acted) {
      refresh();
      this.#awake = true;
      return;
    }
    if (isTerminal(this.#pod) && decision.actions.length === 0 && nothingRuns(observed)) ended(this.#pod, listing);
    this.#report(observed);
    const probeAt = this.#prober.tick(this.#pod, observed, hostIPs()[0] ?? '127.0.0.1');
    const times = [decision.wakeAt, probeAt, ...retries].filter((time) => time !== undefined);
    if (times.length > 0 && !this.#awake) this.#sleep(Math.min(...times));
  }

  /** A pod that the node refuses has failed before anything of it existed. */
  async #admit(): Promise<void> {
    const refused = await this.#ports.admit(this.#pod);
    this.#admitted = true;
    if (!refused || this.#gone) return;
    const status = refusedStatus(this.#pod, refused, this.#ports.clock.now());
    recordEvent(this.#ports, this.#pod, podEvents.refused(refused));
    this.#ports.statuses.set(this.#pod, status);
    this.#pod = { ...this.#pod, status };
  }

  #report(observed: Observed): void {
    if (this.#gone) return;
    const { clock, hostIPs, statuses } = this.#ports;
    const now = clock.now();
    const status = podStatus({
      pod: this.#pod,
      observed,
      memory: this.#memory,
      hostIPs: hostIPs(),
      keepsResources: true,
      now,
    });
    // The pod's share is freed before the cluster hears of the end and sends another pod in its place.
    if (isTerminal({ ...this.#pod, status })) this.#ports.release(this.#pod);
    statuses.set(this.#pod, status);
    this.#pod = { ...this.#pod, status };
  }

  /** Nothing runs any more: the last status and the volumes, then the pod itself, then its remains. */
  async #finish(listing: PodListing): Promise<void> {
    const { name = '', namespace = '' } = this.#pod.metadata;
    const { api, statuses, volumes, folders, release, finished } = this.#ports;
    release(this.#pod);
    // The mirror of a static pod is not this worker's.
    const isInApi = !this.#gone && !isStaticPod(this.#pod);
    if (isInApi) await statuses.settled(this.uid);
    await volumes.unpublish(this.uid);
    if (isInApi) {
      await deletePod(api, this.#pod);
      this.#gone = true;
    }
    await this.#actor.remove(listing);
    await removeTree(folders.podLogs(namespace, name, this.uid));
    statuses.forget(this.uid);
    this.#done = true;
    finished(this.#pod);
  }
}

/** A start that has not begun counts as no try: the back-off of its container stays as it was. */
function withoutTries(
  memory: PodMemory,
  before: PodMemory,
  actions: readonly PodAction[],
  begun: ReadonlySet<string>,
): PodMemory {
  const backOff = { ...memory.backOff };
  for (const action of actions) {
    if (action.do !== 'start-container' || begun.has(action.container)) continue;
    const entry = entryOf(before.backOff, action.container);
    if (entry) backOff[action.container] = entry;
    else delete backOff[action.container];
  }
  return { ...memory, backOff };
}

const nothingRuns = ({ sandbox, containers }: Observed): boolean =>
  !sandbox?.ready && containers.every(({ state }) => state === 'exited' || state === 'created');
