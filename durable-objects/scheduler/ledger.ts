/** Brings snapshot and queue up to date with what was committed, and tells which events that was. */
import type { Node, Pod } from '../../kube/types.ts';
import type { Change } from '../controllers/runtime/ports.ts';
import type { ClusterEvent, Plugin } from './framework.ts';
import { hasEnded, type NodeFacts, type PodInfo, projectNode, projectPod } from './projections.ts';
import type { Queue } from './queue.ts';
import type { Snapshot } from './snapshot.ts';

export const SCHEDULER_NAME = 'default-scheduler';
const VOLUMES = ['persistentvolumeclaims/', 'persistentvolumes/'];

export class Ledger {
  readonly #snapshot: Snapshot;
  readonly #queue: Queue;
  readonly #gatekeepers: readonly Plugin[];
  /** The newest revision seen of nodes, so that a scan and the log may overlap. */
  readonly #nodes = new Map<string, { revision: number; facts: NodeFacts }>();
  /** Decided, but not yet seen in the log as bound: by key, the uid. */
  readonly #assumed = new Map<string, string>();

  constructor(snapshot: Snapshot, queue: Queue, plugins: readonly Plugin[]) {
    this.#snapshot = snapshot;
    this.#queue = queue;
    this.#gatekeepers = plugins.filter((plugin) => plugin.preEnqueue);
  }

  /** Counts a pod on its node before its binding is committed. */
  assume(info: PodInfo, node: string): void {
    this.#snapshot.setPod({ ...info, node });
    this.#assumed.set(info.key, info.uid);
  }

  /** The binding failed. True when this freed what the pod held; false when the log has said meanwhile what became of it. */
  forget({ key, uid }: Pick<PodInfo, 'key' | 'uid'>): boolean {
    if (this.#assumed.get(key) !== uid) return false;
    this.#assumed.delete(key);
    return this.#snapshot.removePod(key) !== undefined;
  }

  /** Takes in one committed change, or one object of the first scan (`revision` being its own). */
  take(change: Pick<Change, 'key' | 'revision' | 'text'> & { gone: boolean }, events: Set<ClusterEvent>): void {
    if (change.key.startsWith('pods/')) this.#pod(change, events);
    else if (change.key.startsWith('nodes/')) this.#node(change, events);
    else if (VOLUMES.some((prefix) => change.key.startsWith(prefix))) events.add('volume');
  }

  #pod(change: Pick<Change, 'key' | 'revision' | 'text'> & { gone: boolean }, events: Set<ClusterEvent>): void {
    const { key, revision } = change;
    const known = this.#snapshot.pods.get(key);
    if (change.gone) {
      if (known && known.revision > revision) return;
      this.#queue.remove(key);
      this.#assumed.delete(key);
      if (this.#snapshot.removePod(key)) events.add('pod-removed');
      return;
    }
    if (known && known.revision >= revision) return;
    const pod = JSON.parse(change.text) as Pod;
    if (hasEnded(pod)) {
      this.#queue.remove(key);
      this.#assumed.delete(key);
      if (this.#snapshot.removePod(key)) events.add('pod-removed');
    } else if (pod.spec?.nodeName) {
      this.#assigned(projectPod(key, pod, revision), known, events);
    } else {
      if (known && this.#assumed.get(key) === pod.metadata.uid) {
        if (!pod.metadata.deletionTimestamp) return;
        // Its binding will be refused (`handleAssumedPodDeletion`).
        if (this.forget(known)) events.add('pod-removed');
      }
      this.waits(key, pod);
    }
  }

  #assigned(info: PodInfo, known: PodInfo | undefined, events: Set<ClusterEvent>): void {
    this.#queue.remove(info.key);
    const assumed = this.#assumed.delete(info.key);
    const same = known !== undefined && known.node === info.node && known.uid === info.uid;
    const relabelled = same && JSON.stringify(known.labels) !== JSON.stringify(info.labels);
    const resized = same && JSON.stringify(known.requests) !== JSON.stringify(info.requests);
    if (!same || assumed) events.add('pod-assigned');
    if (relabelled) events.add('pod-labels');
    if (resized) events.add('pod-removed');
    // Most entries are statuses, which change nothing here.
    if (same && !relabelled && !resized && known.deleting === info.deleting) known.revision = info.revision;
    else this.#snapshot.setPod(info);
  }

  /** An unassigned pod: into the queue, where it is this scheduler's. */
  waits(key: string, pod: Pod): void {
    const mine = (pod.spec?.schedulerName || SCHEDULER_NAME) === SCHEDULER_NAME;
    if (!mine || pod.metadata.deletionTimestamp) {
      this.#queue.remove(key);
      return;
    }
    const waiting = {
      key,
      uid: pod.metadata.uid ?? '',
      priority: pod.spec?.priority ?? 0,
      fingerprint: fingerprint(JSON.stringify([pod.metadata.labels, pod.metadata.ownerReferences, pod.spec])),
    };
    this.#queue.add(
      waiting,
      this.#gatekeepers.some((plugin) => plugin.preEnqueue?.(pod) !== undefined),
    );
  }

  #node(change: Pick<Change, 'key' | 'revision' | 'text'> & { gone: boolean }, events: Set<ClusterEvent>): void {
    const known = this.#nodes.get(change.key);
    if (known && known.revision >= change.revision) return;
    const node = JSON.parse(change.text) as Node;
    if (change.gone) {
      this.#nodes.delete(change.key);
      this.#snapshot.removeNode(node.metadata.name ?? '');
      events.add('node-removed');
      return;
    }
    const facts = projectNode(node);
    const happened = known ? nodeEvents(known.facts, facts) : (['node-added'] as const);
    for (const event of happened) events.add(event);
    this.#nodes.set(change.key, { revision: change.revision, facts });
    // A heartbeat changes nothing here.
    if (!known || happened.length > 0 || known.facts.images.size !== facts.images.size) this.#snapshot.setNode(facts);
  }
}

function nodeEvents(before: NodeFacts, after: NodeFacts): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  if (differ(before.labels, after.labels)) events.push('node-labels');
  if (before.unschedulable !== after.unschedulable || differ(before.taints, after.taints)) events.push('node-taints');
  if (before.podSlots !== after.podSlots || differ(before.allocatable, after.allocatable))
    events.push('node-allocatable');
  return events;
}

/** FNV-1a, twice, in 64 bits: enough to notice a change. */
function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000197);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
