/**
 * Keeps the snapshot and the queue up to date (`pkg/scheduler/backend/cache`, `eventhandlers.go`). A pod whose binding
 * is under way is assumed to be on its node, so that the next decision counts it, until the log or a failure says
 * more.
 */
import { isTerminal } from '../../../kube/pod-lifecycle/index.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { CLAIMS } from '../devices/claim-tracker.ts';
import type { Plugin } from '../framework/interface.ts';
import { type Profile, pluginsOf, schedulerOf } from '../framework/profile.ts';
import type { FilterRejection } from '../framework/rejection.ts';
import { assignedPodEvents, nodeEvents } from '../queue/cluster-events.ts';
import type { ObservedEvents } from '../queue/observed-events.ts';
import type { Queue } from '../queue/queue.ts';
import { fingerprintOf, type NodeFacts, type PodInfo, projectNode, projectPod } from './projections.ts';
import type { Snapshot } from './snapshot.ts';

/** A committed change, or an object of the first scan, `revision` being its own. */
type Entry = Pick<ObservedState, 'key' | 'revision' | 'gone' | 'object'>;

export class Cache {
  readonly #snapshot: Snapshot;
  readonly #queue: Queue;
  #profiles: ReadonlyMap<string, Profile>;
  #waking: readonly Plugin[] = [];
  /** The newest revision of nodes that was taken in, so that a scan and the log may overlap. */
  readonly #nodes = new Map<string, { revision: number; facts: NodeFacts }>();
  /** Pods whose binding is under way: their uids by key. */
  readonly #assumed = new Map<string, string>();

  constructor(snapshot: Snapshot, queue: Queue, profiles: ReadonlyMap<string, Profile>) {
    this.#snapshot = snapshot;
    this.#queue = queue;
    this.#profiles = profiles;
    this.use(profiles);
  }

  /** Pods that are known already are not looked at again. */
  use(profiles: ReadonlyMap<string, Profile>): void {
    this.#profiles = profiles;
    this.#waking = pluginsOf(profiles.values()).filter((plugin) => plugin.wakesPodOn);
  }

  assumePod(info: PodInfo, node: string): void {
    this.#snapshot.nominator.remove(info.key);
    this.#snapshot.setPod({ ...info, node });
    this.#assumed.set(info.key, info.uid);
  }

  /** The binding failed. True when this freed the pod's share; false when the log has told of its fate meanwhile. */
  forgetPod({ key, uid }: Pick<PodInfo, 'key' | 'uid'>): boolean {
    if (this.#assumed.get(key) !== uid) return false;
    this.#assumed.delete(key);
    return this.#snapshot.removePod(key) !== undefined;
  }

  /** Takes in an entry, and adds the events that it is to `events`. */
  take(entry: Entry, events: ObservedEvents): void {
    if (entry.key.startsWith('pods/')) this.#takePod(entry, events);
    else if (entry.key.startsWith('nodes/')) this.#takeNode(entry, events);
    else this.#takeOther(entry, events);
  }

  isGated(pod: Pod): boolean {
    return this.gateOf(pod) !== undefined;
  }

  /** The plugin that keeps the pod out of the queue, with its reasons. */
  gateOf(pod: Pod): FilterRejection | undefined {
    for (const plugin of this.#profiles.get(schedulerOf(pod))?.points.preEnqueue ?? []) {
      const rejection = plugin.preEnqueue?.(pod, this.#snapshot);
      if (rejection) return { plugin: plugin.name, rejection };
    }
    return undefined;
  }

  #takeOther(entry: Entry, events: ObservedEvents): void {
    const { key } = entry;
    events.add(`changed:${key.slice(0, key.indexOf('/'))}`, { key });
    if (!key.startsWith(`${CLAIMS}/`)) return;
    if (this.#snapshot.devices.take(entry)) events.add('claim-deallocated');
    events.add(`changed:${key}`);
    for (const waiting of this.#queue.gatedOn(`changed:${key}`)) {
      const pod = this.#snapshot.lookup(waiting) as Pod | undefined;
      if (pod && !this.isGated(pod)) this.#queue.ungate(waiting, `changed:${CLAIMS}`);
    }
  }

  #takePod({ key, revision, gone, object }: Entry, events: ObservedEvents): void {
    const known = this.#snapshot.pods.get(key);
    if (known && (gone ? known.revision > revision : known.revision >= revision)) return;
    const pod = object() as unknown as Pod;
    if (gone || isTerminal(pod)) this.#removePod(key, events);
    else if (pod.spec?.nodeName) this.#assignedPod(projectPod(key, pod, revision), known, events);
    else if (known && this.#assumed.get(key) === pod.metadata.uid) {
      if (!pod.metadata.deletionTimestamp) return;
      // Its binding will be refused (`handleAssumedPodDeletion`).
      this.#queue.remove(key);
      if (this.forgetPod(known)) events.add('pod-removed', { pod: { before: known } });
    } else this.#unassignedPod(key, pod, revision, events);
  }

  #removePod(key: string, events: ObservedEvents): void {
    this.#queue.remove(key);
    this.#assumed.delete(key);
    const { nominator } = this.#snapshot;
    const nominated = nominator.info(key);
    nominator.remove(key);
    const before = this.#snapshot.removePod(key) ?? nominated;
    if (before) events.add('pod-removed', { pod: { before } });
  }

  #assignedPod(info: PodInfo, known: PodInfo | undefined, events: ObservedEvents): void {
    this.#queue.remove(info.key);
    const nominated = this.#snapshot.nominator.remove(info.key);
    if (nominated !== '' && nominated !== info.node) events.add('pod-removed', { pod: { before: info } });
    const happened = assignedPodEvents(known, info);
    for (const event of happened) {
      events.add(event, { pod: event === 'pod-assigned' ? { after: info } : { before: known, after: info } });
    }
    if (this.#assumed.delete(info.key)) events.add('pod-assigned', { pod: { after: info } });
    // Most entries are statuses, which change little here.
    if (
      !known ||
      happened.length > 0 ||
      JSON.stringify(known.requests) !== JSON.stringify(info.requests) ||
      known.deleting !== info.deleting
    )
      this.#snapshot.setPod(info);
    else {
      known.revision = info.revision;
      known.startTime = info.startTime;
      known.preempted = info.preempted;
    }
  }

  #unassignedPod(key: string, pod: Pod, revision: number, events: ObservedEvents): void {
    if (!this.#profiles.has(schedulerOf(pod))) return;
    const { nominator } = this.#snapshot;
    const nominated = pod.status?.nominatedNodeName ?? '';
    if (nominated !== '' || nominator.nodeOf(key) !== '') {
      const before = nominator.info(key);
      if (!nominator.observe(projectPod(key, pod, revision), nominated)) events.add('pod-removed', { pod: { before } });
    }
    if (pod.metadata.deletionTimestamp) {
      this.#queue.remove(key);
      return;
    }
    const uid = pod.metadata.uid ?? '';
    const wakesOn = this.#waking
      .map(({ name, wakesPodOn }) => [name, new Set(wakesPodOn?.(pod))] as const)
      .filter(([, own]) => own.size > 0);
    this.#queue.add(
      {
        key,
        uid,
        priority: pod.spec?.priority ?? 0,
        fingerprint: fingerprintOf(pod),
        ...(wakesOn.length > 0 ? { wakesOn: new Map(wakesOn) } : {}),
      },
      this.isGated(pod),
    );
  }

  #takeNode({ key, revision, gone, object }: Entry, events: ObservedEvents): void {
    const known = this.#nodes.get(key);
    if (known && known.revision >= revision) return;
    const node = object() as unknown as Node;
    if (gone) {
      this.#nodes.delete(key);
      this.#snapshot.removeNode(node.metadata.name ?? '');
      events.add('node-removed', { node: { before: known?.facts } });
      return;
    }
    const facts = projectNode(node);
    const happened = nodeEvents(known?.facts, facts);
    for (const event of happened) events.add(event, { node: { before: known?.facts, after: facts } });
    this.#nodes.set(key, { revision, facts });
    // A heartbeat changes nothing here.
    if (happened.length > 0 || !known || !sameImages(known.facts, facts)) this.#snapshot.setNode(facts);
  }
}

function sameImages({ images: before }: NodeFacts, { images: after }: NodeFacts): boolean {
  if (before.size !== after.size) return false;
  for (const [name, size] of after) if (before.get(name) !== size) return false;
  return true;
}
