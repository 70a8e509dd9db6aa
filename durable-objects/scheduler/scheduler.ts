/**
 * Follows the log, decides in slices, and acts: bindings in parallel (writes that arrive together commit together). All
 * that it keeps is in memory: when a pod waits after a wake, nodes and pods are read again.
 */
import { Registry } from '../../kube/metrics/registry.ts';
import type { Pod } from '../../kube/types.ts';
import type { SchedulingDecision } from '../../wire/why.ts';
import type { Change } from '../controllers/runtime/ports.ts';
import type { Pending } from '../follow/cursor.ts';
import { Follower, type FollowerHandler, type ObservedState } from '../follow/follower.ts';
import { Actions, type Decided } from './actions.ts';
import { nextStep, preBindError, timedOut, undo, unreserve } from './binding.ts';
import { Cache } from './cache.ts';
import { isUnassigned, prefixesOf } from './cluster-events.ts';
import { DecisionLog, DecisionTrace } from './decision-log.ts';
import { CLAIMS } from './devices/claim-tracker.ts';
import { type ClusterEvent, PluginError, type Preparation, type Profile, type Wait } from './framework.ts';
import { SchedulerMetrics } from './metrics.ts';
import { DEFAULT_PROFILE } from './plugins/index.ts';
import { type PodInfo, projectPod } from './projections.ts';
import { Queue, type QueuedPodInfo } from './queue.ts';
import { reader } from './reader.ts';
import { type Chosen, schedule, type Unschedulable } from './schedule.ts';
import type { Scheduler, SchedulerPorts } from './scheduler-ports.ts';
import { Snapshot } from './snapshot.ts';

export type { Scheduler, SchedulerPorts } from './scheduler-ports.ts';

/** The one timer: when the next pod is tried without any event. */
export const SCHEDULER_TIMER = 'scheduler/back-off';

/** Pods decided before others get a turn. */
const SLICE = 50;
/** Bindings under way at most. */
const MAX_BINDING = 400;

export function createScheduler(ports: SchedulerPorts): Scheduler {
  return new ClusterScheduler(ports);
}

class ClusterScheduler implements Scheduler, FollowerHandler {
  readonly note = 'scheduler';
  readonly timer = SCHEDULER_TIMER;
  readonly prefixes = ['nodes/', `${CLAIMS}/`, 'pods/'];
  readonly #ports: SchedulerPorts;
  readonly #profile: Profile;
  /** Keys whose changes are events. */
  readonly #watched: readonly string[];
  readonly #reader: ReturnType<typeof reader>;
  readonly #snapshot: Snapshot;
  readonly #metrics: SchedulerMetrics;
  readonly #queue: Queue;
  readonly #cache: Cache;
  readonly #actions: Actions;
  readonly #decisions = new DecisionLog();
  readonly #follower: Follower;

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
    this.#profile = ports.profile ?? DEFAULT_PROFILE;
    this.#watched = [...this.prefixes, ...prefixesOf(this.#profile)];
    this.#reader = reader(ports.read);
    this.#snapshot = new Snapshot(this.#reader);
    this.#metrics = new SchedulerMetrics(ports.metrics ?? new Registry(), ports.clock);
    this.#queue = new Queue(this.#profile.plugins, this.#metrics);
    this.#metrics.follow(this.#queue);
    this.#cache = new Cache(this.#snapshot, this.#queue, this.#profile.plugins);
    this.#actions = new Actions(ports);
    this.#follower = new Follower(ports, this);
  }

  wake(): void {
    this.#follower.wake();
  }

  alarm(): void {
    this.#follower.alarm();
  }

  idle(): Promise<void> {
    return this.#follower.idle();
  }

  decision(key: string, uid: string): SchedulingDecision | undefined {
    return this.#decisions.find(key, uid);
  }

  concerns(change: Change, following: boolean): 'work' | 'knowledge' | undefined {
    if (!this.#watched.some((prefix) => change.key.startsWith(prefix))) return undefined;
    // While the cluster is followed, the queue knows exactly.
    return isUnassigned(change, !following) ? 'work' : 'knowledge';
  }

  scanned(item: ObservedState): void {
    this.#cache.take(item, new Set());
  }

  changed(items: readonly ObservedState[]): void {
    const events = new Set<ClusterEvent>();
    this.#reader.clear();
    try {
      for (const item of items) this.#cache.take(item, events);
    } finally {
      // Of an item that was taken before another that cannot be, nothing is heard a second time.
      if (events.size > 0) this.#queue.happened(events, this.#ports.clock.now());
    }
  }

  work(now: number): void {
    this.#reader.clear();
    this.#queue.release(now);
    if (!this.#queue.empty) this.#follower.working();
    for (let i = 0; i < SLICE && this.#follower.requests < MAX_BINDING; i++) {
      const queued = this.#queue.pop();
      if (!queued) break;
      const work = this.#decide(queued);
      if (work) this.#follower.track(work);
    }
  }

  ready(): boolean {
    return this.#queue.ready > 0 && this.#follower.requests < MAX_BINDING;
  }

  /** Pods that wait, for an event or for their time, need nothing to be known meanwhile: the timer is set. */
  left(): Pending | undefined {
    if (this.#queue.busy) return 'work';
    return this.#queue.empty ? undefined : 'changes';
  }

  nextDue(): number | undefined {
    return this.#queue.nextDue;
  }

  #decide(queued: QueuedPodInfo): Promise<void> | undefined {
    const stored = this.#ports.read.get(queued.key);
    const pod = stored && (JSON.parse(stored.text) as Pod);
    if (!pod || pod.metadata.uid !== queued.uid || pod.spec?.nodeName || pod.metadata.deletionTimestamp) {
      // The change that says so is on its way here.
      this.#queue.done(queued);
      return undefined;
    }
    if (this.#cache.isGated(pod)) {
      this.#queue.gate(queued);
      return undefined;
    }
    const info = projectPod(queued.key, pod, stored.revision);
    const decided = { queued, pod, info, begun: this.#ports.clock.now() };
    try {
      const trace = new DecisionTrace();
      const hasWaited = queued.deadline !== Number.POSITIVE_INFINITY;
      const options = { profile: this.#profile, info, hasWaited, trace, now: decided.begun };
      const outcome = schedule(pod, this.#snapshot, this.#ports.random, options);
      this.#decisions.note(queued, outcome, { at: decided.begun, nodes: this.#snapshot.nodes.length }, trace);
      this.#metrics.decided(decided.begun, outcome);
      if ('unschedulable' in outcome && this.#snapshot.nodes.length > 0) {
        this.#metrics.preempted(outcome.victims?.length ?? 0);
      }
      return 'node' in outcome ? this.#prepare(decided, outcome) : this.#giveUp(decided, outcome);
    } catch (error) {
      // One pod that cannot be decided on must not hold up the others.
      const why = error instanceof PluginError ? error.message : `scheduling failed: ${String(error)}`;
      return this.#fail(decided, why);
    }
  }

  #prepare(decided: Decided, chosen: Chosen): Promise<void> {
    const step = nextStep(this.#profile.plugins, chosen);
    if (step.step === 'bind') return this.#bind(decided, chosen, step.preparations);
    if (step.step === 'wait') return this.#wait(decided, chosen.node.name, step.plugin, step.wait);
    if (step.plugins.size === 0) return this.#fail(decided, step.message);
    return this.#giveUp(decided, { unschedulable: step.message, plugins: step.plugins, nominatedNodeName: '' });
  }

  async #bind(decided: Decided, chosen: Chosen, preparations: ReadonlyMap<string, Preparation>): Promise<void> {
    const { queued, info } = decided;
    const { name } = chosen.node;
    const nominated = this.#snapshot.nominator.nodeOf(info.key);
    this.#cache.assumePod(info, name);
    if (nominated !== name) this.#freed(info, nominated);
    if (preparations.size > 0) {
      // Others are told of the node as soon as the pod is prepared for it.
      await this.#actions.writeStatus(decided, { nominatedNodeName: name });
      const stopped = await this.#actions.prepare(decided, preparations);
      if (stopped) {
        const { plugin, found } = stopped;
        if (typeof found === 'string') {
          return this.#failBinding(decided, chosen, preBindError(plugin, found));
        }
        this.#cache.forgetPod(info);
        return this.#wait(decided, name, plugin, found);
      }
    }
    const error = await this.#actions.bind(decided, name);
    if (error !== undefined) {
      return this.#failBinding(decided, chosen, `running Bind plugin "DefaultBinder": ${error}`);
    }
    this.#queue.done(queued);
    this.#metrics.ended('scheduled', queued, decided.begun);
    return this.#actions.reportScheduled(decided, name);
  }

  async #failBinding(decided: Decided, chosen: Chosen, why: string): Promise<void> {
    const { queued, info } = decided;
    const { plugins } = this.#profile;
    unreserve(plugins, chosen);
    await this.#actions.perform(decided, undo(plugins, chosen));
    const freed = this.#cache.forgetPod(info);
    this.#follower.catchUp();
    const failed = this.#fail(decided, why);
    // The pod's share is free for others, as if it had been deleted (`handleBindingCycleError`).
    if (freed) this.#queue.happened(new Set(['pod-removed']), this.#ports.clock.now(), queued.key);
    return failed;
  }

  /** Events and the deadline decide how the wait ends; a pod that comes back to wait keeps its deadline. */
  async #wait(decided: Decided, node: string, plugin: string, wait: Wait): Promise<void> {
    const { queued, info } = decided;
    const now = this.#ports.clock.now();
    if (queued.deadline <= now && wait.expired !== undefined) {
      return this.#fail(decided, preBindError(plugin, wait.expired));
    }
    if (queued.deadline <= now) {
      const { message, plugins } = timedOut(plugin, wait);
      return this.#giveUp(decided, { unschedulable: message, plugins, nominatedNodeName: '' });
    }
    this.#nominate(info, node);
    const begins = queued.deadline === Number.POSITIVE_INFINITY;
    const [error] = await Promise.all([
      this.#actions.write(decided, wait.writes ?? []),
      this.#actions.writeStatus(decided, { nominatedNodeName: node }),
      begins && wait.event ? this.#actions.reportWait(decided, wait.event) : undefined,
    ]);
    wait.written?.();
    if (error !== undefined) return this.#fail(decided, preBindError(plugin, error));
    this.#queue.wait(queued, plugin, Math.min(queued.deadline, now + wait.timeout));
  }

  /** The pod fits nowhere now. */
  async #giveUp(
    decided: Decided,
    { unschedulable, plugins, nominatedNodeName, victims, requests }: Unschedulable,
  ): Promise<void> {
    const { queued, info } = decided;
    // What is refused is tried again with the pod.
    if (requests) await this.#actions.perform(decided, requests);
    this.#metrics.ended('unschedulable', queued, decided.begun);
    const { nominator } = this.#snapshot;
    const change = { condition: { reason: 'Unschedulable', message: unschedulable } as const, nominatedNodeName };
    if (!nominatedNodeName) {
      this.#queue.failed(queued, plugins, this.#ports.clock.now());
      if (nominatedNodeName === '') this.#nominate(info, '');
      return this.#actions.reportFailure(decided, unschedulable, change);
    }
    const outranked = nominator.on(nominatedNodeName).filter(({ priority }) => priority < info.priority);
    this.#nominate(info, nominatedNodeName);
    // The pod stays in flight until its victims are marked, or it would look for others.
    const [, preempted] = await Promise.all([
      this.#actions.reportFailure(decided, unschedulable, change),
      this.#actions.preempt(decided, victims ?? [], nominatedNodeName),
      this.#actions.clearNominations(decided, outranked),
    ]);
    this.#queue.failed(queued, preempted ? plugins : new Set(), this.#ports.clock.now());
  }

  /** To no node where `node` is empty. */
  #nominate(info: PodInfo, node: string): void {
    const { nominator } = this.#snapshot;
    const before = nominator.nodeOf(info.key);
    if (node === '') nominator.remove(info.key);
    else nominator.nominate(info, node);
    if (before !== node) this.#freed(info, before);
  }

  /** The room that was held for a pod on a node is free for others, as if the pod had been deleted. */
  #freed(info: PodInfo, node: string): void {
    if (node !== '') this.#queue.happened(new Set(['pod-removed']), this.#ports.clock.now(), info.key);
  }

  /** Something went wrong that has nothing to do with nodes: it is tried again after its back-off. */
  async #fail(decided: Decided, message: string): Promise<void> {
    const { queued, info } = decided;
    this.#decisions.failed(queued.key, message);
    this.#metrics.ended('error', queued, decided.begun);
    // A pod that was deleted, or bound by another client, has left the queue already.
    this.#queue.failed(queued, new Set(), this.#ports.clock.now());
    this.#nominate(info, '');
    if (!this.#ports.read.get(info.key)) return;
    const condition = { reason: 'SchedulerError', message } as const;
    await this.#actions.reportFailure(decided, message, { condition, nominatedNodeName: '' });
  }
}
