/** Carries decisions out: the requests in their order, and their events. */

import type { Cause } from '../../kube/machinery/cause.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { failure } from '../../kube/machinery/status.ts';
import type { Pod } from '../../kube/types.ts';
import type { Clock, Random, ReadPort, RequestPort } from '../controllers/runtime/ports.ts';
import type { PodInfo } from './cache/projections.ts';
import { CONFIGURATION_KEY, type Told } from './configuration/loader.ts';
import type { Extender } from './extenders/extender.ts';
import { shortened } from './framework/decision-trace.ts';
import type { Answer, Preparation, Requests, Wait, Write } from './framework/interface.ts';
import { type Profile, schedulerOf } from './framework/profile.ts';
import {
  asScheduler,
  deletionOf,
  disruptionOf,
  type EventText,
  eventOf,
  type StatusChange,
  statusOf,
} from './plugins/common/requests.ts';
import type { QueuedPodInfo } from './queue/queue.ts';

export interface ActionPorts {
  read: ReadPort;
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
}

/** A pod that was decided on. */
export interface Decided {
  queued: QueuedPodInfo;
  pod: Pod;
  /** As it was when it was decided on. */
  info: PodInfo;
  profile: Profile;
  /** Milliseconds since the epoch. */
  begun: number;
  /** Those that the pod concerns. */
  extenders: readonly Extender[];
}

export class Actions {
  readonly #ports: ActionPorts;

  constructor(ports: ActionPorts) {
    this.#ports = ports;
  }

  reportScheduled(decided: Decided, node: string): Promise<void> {
    const { namespace, name } = decided.pod.metadata;
    const message = `Successfully assigned ${namespace}/${name} to ${node}`;
    return this.#report(decided, decided.pod, { type: 'Normal', reason: 'Scheduled', action: 'Binding', message });
  }

  /** Records why a pod is not scheduled: its condition, and an event. A pod that fails the same way again is silent. */
  async reportFailure(decided: Decided, message: string, change: StatusChange): Promise<void> {
    const { pod, queued } = decided;
    const shown = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    // As the event tells it: an extender's message may have any length, and there may be many pods.
    const told = shortened(message);
    // An earlier life of this object has reported it.
    if (shown?.status === 'False' && shown.message === message) queued.reported ??= told;
    const silent = queued.reported === told;
    queued.reported = told;
    const event: EventText = { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message };
    await Promise.all([this.writeStatus(decided, change), silent ? undefined : this.#report(decided, pod, event)]);
  }

  /** A status that cannot be written (the pod is going) is not worth a retry. */
  async writeStatus(decided: Decided, change: StatusChange): Promise<void> {
    const write = statusOf(decided.pod, change, this.#ports.clock.now());
    if (write) await this.#send(decided, write);
  }

  /** Returns the error, if there was one. */
  async write(decided: Decided, writes: readonly Write[]): Promise<string | undefined> {
    for (const write of writes) {
      const error = await this.#send(decided, write);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  /** Sends requests that are made of the answers before them. */
  async perform<T>(decided: Decided, requests: Requests<T>): Promise<T> {
    let step = requests.next();
    while (!step.done) step = requests.next(await this.#answer(this.#causeOf(decided), step.value));
    return step.value;
  }

  /** The reason why the pod is not bound, and the plugin that gives it. */
  async prepare(
    decided: Decided,
    preparations: ReadonlyMap<string, Preparation>,
  ): Promise<{ plugin: string; found: string | Wait } | undefined> {
    for (const [plugin, { requests }] of preparations) {
      const found = await this.perform(decided, requests);
      if (found !== undefined) return { plugin, found };
    }
    return undefined;
  }

  /** Tells that a pod begins to wait. */
  reportWait(decided: Decided, { reason, message }: NonNullable<Wait['event']>): Promise<void> {
    return this.#report(decided, decided.pod, { type: 'Normal', reason, action: 'Scheduling', message });
  }

  /** Deletes the victims of a pod. False when one of them could not be deleted. */
  async preempt(decided: Decided, victims: readonly PodInfo[], node: string): Promise<boolean> {
    const others = victims.slice(0, -1);
    const done = await Promise.all(others.map((victim) => this.#preemptOne(decided, victim, node)));
    const last = victims.at(-1);
    // Where another stays, room is not made by this one alone.
    return done.every((ok) => ok) && (last === undefined || this.#preemptOne(decided, last, node));
  }

  async #preemptOne(decided: Decided, { key, uid }: PodInfo, node: string): Promise<boolean> {
    const stored = this.#ports.read.get(key);
    const victim = stored && (parseExact(stored.text) as Pod);
    // Gone, or on its way already.
    if (!victim || victim.metadata.uid !== uid || victim.metadata.deletionTimestamp) return true;
    const error = await this.write(decided, [
      disruptionOf(victim, schedulerOf(decided.pod), this.#ports.clock.now()),
      deletionOf(victim),
    ]);
    if (error !== undefined) return this.#ports.read.get(key) === undefined;
    const message = `Preempted by pod ${decided.info.uid} on node ${node}`;
    await this.#report(decided, victim, { type: 'Normal', reason: 'Preempted', action: 'Preempting', message });
    return true;
  }

  /** Pods of a lower priority that were nominated to the node look for another one. */
  async clearNominations(decided: Decided, pods: readonly PodInfo[]): Promise<void> {
    await Promise.all(
      pods.map(async ({ key }) => {
        const stored = this.#ports.read.get(key);
        const pod = stored && (parseExact(stored.text) as Pod);
        const write = pod && statusOf(pod, { nominatedNodeName: '' }, this.#ports.clock.now());
        if (write) await this.#send(decided, write);
      }),
    );
  }

  /** An event that cannot be written (its namespace is going) is not worth a retry. */
  async #report(decided: Decided, about: Pod, text: EventText): Promise<void> {
    const { clock, random } = this.#ports;
    const origin = { about: about as KubeObject, kind: 'Pod', schedulerName: schedulerOf(decided.pod) } as const;
    await this.#send(decided, eventOf(origin, text, clock.now(), random));
  }

  /** An event about the ConfigMap of the configuration. */
  async reportConfiguration(about: KubeObject, told: Told): Promise<void> {
    const { clock, random } = this.#ports;
    const event = eventOf({ about, kind: 'ConfigMap' }, { ...told, action: 'Configuring' }, clock.now(), random);
    const saw = Number(about.metadata.resourceVersion ?? 0);
    await this.#answer({ kind: 'controller', at: clock.now(), name: 'scheduler', key: CONFIGURATION_KEY, saw }, event);
  }

  /** Returns the error, if there was one. */
  async #send(decided: Decided, write: Write): Promise<string | undefined> {
    const answer = await this.#answer(this.#causeOf(decided), write);
    return answer.ok ? undefined : (answer.status.message ?? answer.status.reason ?? 'failed');
  }

  async #answer(cause: Cause, write: Write): Promise<Answer> {
    try {
      return await this.#ports.request(asScheduler(write, cause));
    } catch (error) {
      return { ok: false, status: failure('InternalError', String(error)) };
    }
  }

  #causeOf({ info }: Decided): Cause {
    return { kind: 'controller', at: this.#ports.clock.now(), name: 'scheduler', key: info.key, saw: info.revision };
  }
}
