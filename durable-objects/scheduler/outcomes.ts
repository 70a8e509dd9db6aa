/** A pod that is not bound is told of, and waits for events that may help it. */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { Pod } from '../../kube/types.ts';
import type { Clock, ReadPort } from '../controllers/runtime/ports.ts';
import type { Actions, Decided } from './actions.ts';
import type { PodInfo } from './cache/projections.ts';
import type { Snapshot } from './cache/snapshot.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Result, SchedulerMetrics } from './metrics.ts';
import type { Queue } from './queue/queue.ts';
import type { Unschedulable } from './schedule.ts';

export interface OutcomePorts {
  read: ReadPort;
  clock: Clock;
}

export interface OutcomeParts {
  snapshot: Snapshot;
  queue: Queue;
  actions: Actions;
  metrics: SchedulerMetrics;
  decisions: DecisionLog;
}

export class Outcomes {
  readonly #ports: OutcomePorts;
  readonly #snapshot: Snapshot;
  readonly #queue: Queue;
  readonly #actions: Actions;
  readonly #metrics: SchedulerMetrics;
  readonly #decisions: DecisionLog;

  constructor(ports: OutcomePorts, { snapshot, queue, actions, metrics, decisions }: OutcomeParts) {
    this.#ports = ports;
    this.#snapshot = snapshot;
    this.#queue = queue;
    this.#actions = actions;
    this.#metrics = metrics;
    this.#decisions = decisions;
  }

  /** The pod fits nowhere now. */
  async giveUp(
    decided: Decided,
    { unschedulable, plugins, nominatedNodeName, victims, requests }: Unschedulable,
  ): Promise<void> {
    const { queued, info } = decided;
    // A request that is refused is made again when the pod is tried again.
    if (requests) await this.#actions.perform(decided, requests);
    this.ended('unschedulable', decided);
    const { nominator } = this.#snapshot;
    const change = { condition: { reason: 'Unschedulable', message: unschedulable } as const, nominatedNodeName };
    // A pod that went, or was bound by another client, during the requests needs no room.
    if (!nominatedNodeName || !this.#queue.isInFlight(queued)) {
      this.#queue.failed(queued, plugins, this.#ports.clock.now());
      if (nominatedNodeName === '') this.nominate(decided, '');
      return this.#actions.reportFailure(decided, unschedulable, change);
    }
    const outranked = nominator.on(nominatedNodeName).filter(({ priority }) => priority < info.priority);
    this.nominate(decided, nominatedNodeName);
    // The pod stays in flight until its victims are marked, or it would look for others.
    const [, preempted] = await Promise.all([
      this.#actions.reportFailure(decided, unschedulable, change),
      this.#actions.preempt(decided, victims ?? [], nominatedNodeName),
      this.#actions.clearNominations(decided, outranked),
    ]);
    this.#queue.failed(queued, preempted ? plugins : new Set(), this.#ports.clock.now());
  }

  ended(result: Result, { queued, begun, profile }: Decided): void {
    this.#metrics.ended(result, queued, begun, profile.schedulerName);
  }

  /** To no node where `node` is empty. A pod that is gone, or another of its name, is left as it is. */
  nominate({ queued, info }: Decided, node: string): void {
    const { nominator } = this.#snapshot;
    const known = nominator.info(info.key);
    if (node === '' ? known && known.uid !== info.uid : !this.#queue.isInFlight(queued)) return;
    const before = nominator.nodeOf(info.key);
    if (node === '') nominator.remove(info.key);
    else nominator.nominate(info, node);
    if (before !== node) this.freed(info, before);
  }

  /** The room that was held for a pod on a node is free for others, as if the pod had been deleted. */
  freed(info: PodInfo, node: string): void {
    if (node === '') return;
    const freed = { event: 'pod-removed', pod: { before: info }, causedBy: info.key } as const;
    this.#queue.happened([freed], this.#ports.clock.now());
  }

  /** Something went wrong that has nothing to do with nodes: it is tried again after its back-off. */
  async fail(decided: Decided, message: string): Promise<void> {
    const { queued, info, begun } = decided;
    this.#decisions.failed(queued, message, { at: begun, nodes: this.#snapshot.nodes.length });
    this.ended('error', decided);
    // A pod that was deleted, or bound by another client, has left the queue already.
    this.#queue.failed(queued, new Set(), this.#ports.clock.now());
    this.nominate(decided, '');
    const stored = this.#ports.read.get(info.key);
    const pod = stored && parseExact<Pod>(stored.text);
    if (pod?.metadata.uid !== info.uid) return;
    const condition = { reason: 'SchedulerError', message } as const;
    // Its preparation may have written its node into the status.
    await this.#actions.reportFailure({ ...decided, pod }, message, { condition, nominatedNodeName: '' });
  }
}
