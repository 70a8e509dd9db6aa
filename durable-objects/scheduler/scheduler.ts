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
import { Cache } from './cache/cache.ts';
import { projectPod } from './cache/projections.ts';
import { reader } from './cache/reader.ts';
import { Snapshot } from './cache/snapshot.ts';
import { CONFIGURATION_KEY, ConfigurationLoader } from './configuration/loader.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from './configuration/settings.ts';
import { DecisionLog, DecisionTrace } from './decision-log.ts';
import { CLAIMS } from './devices/claim-tracker.ts';
import { PluginError, type Preparation, type Wait } from './framework/interface.ts';
import { pluginOf, pluginsOf, schedulerOf } from './framework/profile.ts';
import { SchedulerMetrics } from './metrics.ts';
import { Outcomes } from './outcomes.ts';
import { DEFAULT_PLUGINS } from './plugins/index.ts';
import { isUnassigned, prefixesOf } from './queue/cluster-events.ts';
import { type ObservedEvent, ObservedEvents, waitingPod } from './queue/observed-events.ts';
import { Queue, type QueuedPodInfo } from './queue/queue.ts';
import { type Chosen, schedule } from './schedule.ts';
import type { Scheduler, SchedulerPorts } from './scheduler-ports.ts';

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
  /** The configuration comes first: it says which pods are to be scheduled. */
  readonly prefixes = [CONFIGURATION_KEY, 'nodes/', `${CLAIMS}/`, 'pods/'];
  readonly #ports: SchedulerPorts;
  readonly #configuration: ConfigurationLoader;
  #settings: Settings;
  /** Keys whose changes are events. */
  readonly #watched: readonly string[];
  readonly #reader: ReturnType<typeof reader>;
  readonly #snapshot: Snapshot;
  readonly #metrics: SchedulerMetrics;
  readonly #queue: Queue;
  readonly #cache: Cache;
  readonly #actions: Actions;
  readonly #decisions = new DecisionLog();
  readonly #outcomes: Outcomes;
  readonly #follower: Follower;

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
    this.#configuration = new ConfigurationLoader(ports.notes);
    this.#settings = ports.profile ? settingsOf([ports.profile]) : DEFAULT_SETTINGS;
    const { profiles } = this.#settings;
    const plugins = pluginsOf(profiles.values());
    // A configuration may choose any of the default plugins.
    this.#watched = [...this.prefixes, ...prefixesOf([...DEFAULT_PLUGINS, ...plugins])];
    this.#reader = reader(ports.read);
    this.#snapshot = new Snapshot(this.#reader);
    this.#metrics = new SchedulerMetrics(ports.metrics ?? new Registry(), ports.clock);
    this.#queue = new Queue(plugins, this.#metrics, (key, plugin, observed) => this.#helps(key, plugin, observed));
    this.#metrics.follow(this.#queue);
    this.#cache = new Cache(this.#snapshot, this.#queue, profiles);
    this.#actions = new Actions(ports);
    this.#outcomes = new Outcomes(ports, {
      snapshot: this.#snapshot,
      queue: this.#queue,
      actions: this.#actions,
      metrics: this.#metrics,
      decisions: this.#decisions,
    });
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
    if (change.key === CONFIGURATION_KEY) return 'work';
    // While the cluster is followed, the queue knows exactly.
    return isUnassigned(change, !following) ? 'work' : 'knowledge';
  }

  scanned(item: ObservedState): void {
    if (item.key === CONFIGURATION_KEY) this.#configure(item);
    else this.#cache.take(item, new ObservedEvents());
  }

  changed(items: readonly ObservedState[]): void {
    const events = new ObservedEvents();
    this.#reader.clear();
    try {
      for (const item of items) {
        // Another profile may be a pod's, or any at all.
        if (item.key !== CONFIGURATION_KEY) this.#cache.take(item, events);
        else if (this.#configure(item)) this.#follower.rescan(['pods/']);
      }
    } finally {
      // Of an item that was taken before another that cannot be, nothing is heard a second time.
      if (events.list.length > 0) this.#queue.happened(events.list, this.#ports.clock.now());
    }
  }

  /** The plugin is that of the pod's own profile. */
  #helps(key: string, name: string, observed: ObservedEvent): boolean {
    const waiting = waitingPod(key, this.#snapshot);
    const profile = waiting && this.#settings.profiles.get(schedulerOf(waiting.pod));
    const hint = profile && pluginOf(profile, name)?.hint;
    return !waiting || !hint || hint(waiting, observed, this.#snapshot);
  }

  /** Whether it changes anything. */
  #configure(item: ObservedState): boolean {
    const { settings, told } = this.#configuration.take(item);
    if (told) this.#follower.track(this.#actions.reportConfiguration(item.object(), told));
    if (settings === this.#settings) return false;
    this.#settings = settings;
    const { profiles, backOff } = settings;
    this.#queue.use(pluginsOf(profiles.values()), backOff, this.#ports.clock.now());
    this.#cache.use(profiles);
    return true;
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
    const profile = pod && this.#settings.profiles.get(schedulerOf(pod));
    if (!profile || pod.metadata.uid !== queued.uid || pod.spec?.nodeName || pod.metadata.deletionTimestamp) {
      // The change that says so is on its way here.
      this.#queue.done(queued);
      return undefined;
    }
    if (this.#cache.isGated(pod)) {
      this.#queue.gate(queued);
      return undefined;
    }
    const info = projectPod(queued.key, pod, stored.revision);
    const decided = { queued, pod, info, profile, begun: this.#ports.clock.now() };
    try {
      const trace = new DecisionTrace();
      const hasWaited = queued.deadline !== Number.POSITIVE_INFINITY;
      const options = { profile, info, hasWaited, trace, now: decided.begun };
      const outcome = schedule(pod, this.#snapshot, this.#ports.random, options);
      this.#decisions.note(queued, outcome, { at: decided.begun, nodes: this.#snapshot.nodes.length }, trace);
      this.#metrics.decided(decided.begun, outcome, profile.schedulerName);
      if ('unschedulable' in outcome && this.#snapshot.nodes.length > 0) {
        this.#metrics.preempted(outcome.victims?.length ?? 0);
      }
      return 'node' in outcome ? this.#prepare(decided, outcome) : this.#outcomes.giveUp(decided, outcome);
    } catch (error) {
      // One pod that cannot be decided on must not hold up the others.
      const why = error instanceof PluginError ? error.message : `scheduling failed: ${String(error)}`;
      return this.#outcomes.fail(decided, why);
    }
  }

  #prepare(decided: Decided, chosen: Chosen): Promise<void> {
    const step = nextStep(decided.profile.points, chosen);
    if (step.step === 'bind') return this.#bind(decided, chosen, step.preparations);
    if (step.step === 'wait') return this.#wait(decided, chosen.node.name, step.plugin, step.wait);
    if (step.plugins.size === 0) return this.#outcomes.fail(decided, step.message);
    return this.#outcomes.giveUp(decided, {
      unschedulable: step.message,
      plugins: step.plugins,
      nominatedNodeName: '',
    });
  }

  async #bind(decided: Decided, chosen: Chosen, preparations: ReadonlyMap<string, Preparation>): Promise<void> {
    const { queued, info } = decided;
    const { name } = chosen.node;
    const nominated = this.#snapshot.nominator.nodeOf(info.key);
    this.#cache.assumePod(info, name);
    if (nominated !== name) this.#outcomes.freed(info, nominated);
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
    const [binder] = decided.profile.points.bind;
    const binding = binder?.bind?.(decided.pod, name);
    const error = await this.#actions.write(decided, binding ? [binding] : []);
    if (error !== undefined) {
      return this.#failBinding(decided, chosen, `running Bind plugin ${JSON.stringify(binder?.name)}: ${error}`);
    }
    this.#queue.done(queued);
    this.#outcomes.ended('scheduled', decided);
    return this.#actions.reportScheduled(decided, name);
  }

  async #failBinding(decided: Decided, chosen: Chosen, why: string): Promise<void> {
    const { info } = decided;
    const { reserve } = decided.profile.points;
    unreserve(reserve, chosen);
    await this.#actions.perform(decided, undo(reserve, chosen));
    const freed = this.#cache.forgetPod(info);
    this.#follower.catchUp();
    const failed = this.#outcomes.fail(decided, why);
    // The pod's share is free for others, as if it had been deleted (`handleBindingCycleError`).
    if (freed) this.#outcomes.freed(info, chosen.node.name);
    return failed;
  }

  /** Events and the deadline decide how the wait ends; a pod that comes back to wait keeps its deadline. */
  async #wait(decided: Decided, node: string, plugin: string, wait: Wait): Promise<void> {
    const { queued, info } = decided;
    const now = this.#ports.clock.now();
    if (queued.deadline <= now && wait.expired !== undefined) {
      return this.#outcomes.fail(decided, preBindError(plugin, wait.expired));
    }
    if (queued.deadline <= now) {
      const { message, plugins } = timedOut(plugin, wait);
      return this.#outcomes.giveUp(decided, { unschedulable: message, plugins, nominatedNodeName: '' });
    }
    this.#outcomes.nominate(info, node);
    const begins = queued.deadline === Number.POSITIVE_INFINITY;
    const [error] = await Promise.all([
      this.#actions.write(decided, wait.writes ?? []),
      this.#actions.writeStatus(decided, { nominatedNodeName: node }),
      begins && wait.event ? this.#actions.reportWait(decided, wait.event) : undefined,
    ]);
    wait.written?.();
    if (error !== undefined) return this.#outcomes.fail(decided, preBindError(plugin, error));
    this.#queue.wait(queued, plugin, Math.min(queued.deadline, now + wait.timeout));
  }
}
