/**
 * Follows the log, decides in slices, and acts: bindings in parallel (writes that arrive together commit together). All
 * that it keeps is in memory: when a pod waits after a wake, nodes and pods are read again.
 */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { Registry } from '../../kube/metrics/registry.ts';
import type { Refusal } from '../../kube/scheduling/advice.ts';
import type { Pod } from '../../kube/types.ts';
import type { SchedulingDecision } from '../../wire/why.ts';
import type { Change } from '../controllers/runtime/ports.ts';
import type { Pending } from '../follow/cursor.ts';
import { Follower, type FollowerHandler, type ObservedState } from '../follow/follower.ts';
import { Actions, type Decided } from './actions.ts';
import { BindingCycle } from './binding-cycle.ts';
import { Cache } from './cache/cache.ts';
import { projectPod } from './cache/projections.ts';
import { reader } from './cache/reader.ts';
import { Snapshot } from './cache/snapshot.ts';
import { CONFIGURATION_KEY, ConfigurationLoader } from './configuration/loader.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from './configuration/settings.ts';
import { Decider } from './decider.ts';
import { DecisionLog } from './decision-log.ts';
import { CLAIMS } from './devices/claim-tracker.ts';
import { type ExtenderCall, ExtenderClient } from './extenders/client.ts';
import { Consultation, type Question, Unanswered } from './extenders/consultation.ts';
import { PluginError } from './framework/interface.ts';
import { pluginOf, pluginsOf, schedulerOf } from './framework/profile.ts';
import { SchedulerMetrics } from './metrics.ts';
import { Outcomes } from './outcomes.ts';
import { DEFAULT_PLUGINS } from './plugins/index.ts';
import { isUnassigned, prefixesOf } from './queue/cluster-events.ts';
import { NewPods } from './queue/new-pods.ts';
import { type ObservedEvent, ObservedEvents, waitingPod } from './queue/observed-events.ts';
import { Queue, type QueuedPodInfo } from './queue/queue.ts';
import type { Scheduler, SchedulerPorts } from './scheduler-ports.ts';

export type { Scheduler, SchedulerPorts } from './scheduler-ports.ts';

/** The one timer: when the next pod is tried without any event. */
export const SCHEDULER_TIMER = 'scheduler/back-off';

/** Bindings under way at most. */
const MAX_BINDING = 400;

export function createScheduler(ports: SchedulerPorts): Scheduler {
  return new ClusterScheduler(ports);
}

const noWayOut: ExtenderCall = () => Promise.reject(new Error('this cluster has no way out'));

interface Answered {
  queued: QueuedPodInfo;
  begun: number;
  consultation: Consultation;
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
  readonly #newPods = new NewPods();
  readonly #cache: Cache;
  readonly #actions: Actions;
  readonly #decisions: DecisionLog;
  readonly #decider: Decider;
  readonly #outcomes: Outcomes;
  readonly #extenders: ExtenderClient;
  readonly #binding: BindingCycle;
  /** Pods about which extenders have answered. */
  readonly #answered: Answered[] = [];
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
    this.#decisions = new DecisionLog(ports);
    this.#decider = new Decider(this.#snapshot, ports.random, this.#decisions);
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
    this.#extenders = new ExtenderClient(ports.callExtender ?? noWayOut, (key) => ports.read.get(key));
    this.#binding = new BindingCycle({
      clock: ports.clock,
      snapshot: this.#snapshot,
      queue: this.#queue,
      cache: this.#cache,
      actions: this.#actions,
      outcomes: this.#outcomes,
      extenders: this.#extenders,
      catchUp: () => this.#follower.catchUp(),
    });
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

  schedules(schedulerName: string): boolean {
    // The cluster's configuration is read once a pod waits, and one that was read in an earlier life is noted.
    return this.#settings.profiles.has(schedulerName) || this.#configuration.stored().profiles.has(schedulerName);
  }

  decision(key: string, uid: string): SchedulingDecision | undefined {
    return this.#decisions.find(key, uid);
  }

  held(pod: Pod): Refusal | undefined {
    const gate = this.#cache.gateOf(pod);
    return gate && { filter: gate.plugin, reasons: gate.rejection.reasons };
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
        if (item.key.startsWith('pods/')) this.#newPods.observe(item);
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
    this.#decider.begin();
    const { slice } = this.#decider;
    for (; !slice.isOver && this.#follower.requests < MAX_BINDING; slice.pod()) {
      const work = this.#next();
      if (work === 'none') break;
      if (work) this.#follower.track(work);
    }
    if (this.#queue.ready === 0) this.#newPods.clear();
  }

  /** Pods about which extenders have answered go first. */
  #next(): Promise<void> | undefined | 'none' {
    const answered = this.#answered.shift();
    if (answered) {
      const { queued, consultation, begun } = answered;
      return this.#queue.isInFlight(queued) ? this.#decide(queued, consultation, begun) : undefined;
    }
    const queued = this.#queue.pop();
    return queued ? this.#decide(queued) : 'none';
  }

  ready(): boolean {
    if (this.#queue.sweeping) return true;
    return this.#queue.ready + this.#answered.length > 0 && this.#follower.requests < MAX_BINDING;
  }

  /** Pods that wait, for an event or for their time, need nothing to be known meanwhile: the timer is set. */
  left(): Pending | undefined {
    if (this.#queue.busy) return 'work';
    return this.#queue.empty ? undefined : 'changes';
  }

  nextDue(): number | undefined {
    return this.#queue.nextDue;
  }

  /** `consultation`: what extenders have said about the pod since it was popped. */
  #decide(
    queued: QueuedPodInfo,
    consultation?: Consultation,
    begun = this.#ports.clock.now(),
  ): Promise<void> | undefined {
    // All changes have been taken in, so that the last one says how the pod is stored.
    const { pod, revision } = this.#newPods.take(queued.key) ?? this.#read(queued.key);
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
    const info = projectPod(queued.key, pod, revision);
    const asked = this.#consultation(pod, consultation);
    const decided = { queued, pod, info, profile, begun, extenders: asked?.extenders ?? [] };
    try {
      const outcome = this.#decider.decide(decided, asked);
      this.#metrics.decided(begun, outcome, profile.schedulerName);
      if ('unschedulable' in outcome && this.#snapshot.nodes.length > 0) {
        this.#metrics.preempted(outcome.victims?.length ?? 0);
      }
      return 'node' in outcome ? this.#binding.prepare(decided, outcome) : this.#outcomes.giveUp(decided, outcome);
    } catch (error) {
      if (error instanceof Unanswered && asked && !asked.isTired) return this.#ask(decided, asked, error.questions);
      // One pod that cannot be decided on must not hold up the others.
      const why = error instanceof PluginError ? error.message : `scheduling failed: ${String(error)}`;
      return this.#outcomes.fail(decided, why);
    }
  }

  #read(key: string): { pod?: Pod; revision: number } {
    const stored = this.#ports.read.get(key);
    return stored ? { pod: parseExact<Pod>(stored.text), revision: stored.revision } : { revision: 0 };
  }

  #consultation(pod: Pod, before?: Consultation): Consultation | undefined {
    const { extenders } = this.#settings;
    if (before?.all === extenders && !before.isOutdated) return before;
    return extenders.length > 0 ? new Consultation(extenders, pod, before) : undefined;
  }

  /** The decision is taken again once the extenders have answered; others are taken meanwhile. */
  async #ask(
    { queued, pod, begun }: Decided,
    consultation: Consultation,
    questions: readonly Question[],
  ): Promise<void> {
    const { fingerprint } = queued;
    await this.#extenders.ask(consultation, JSON.stringify(pod), questions);
    if (queued.fingerprint !== fingerprint) consultation.podChanged();
    this.#answered.push({ queued, begun, consultation });
  }
}
