/** Event objects of this node on their way to the cluster (client-go `tools/record/event.go`). */
import { randomBytes } from 'node:crypto';
import {
  EventAggregator,
  EventSpamFilter,
  eventGroup,
  MAX_EVENT_KEYS,
} from '../../kube/machinery/event-correlation.ts';
import { RecentMap } from '../../kube/machinery/recent-map.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { PodEvent } from '../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../kube/types.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../api/client.ts';
import { BackOff } from '../back-off.ts';
import { type Clock, sleep } from '../clock.ts';

export interface EventPorts {
  api: Api;
  node: string;
  clock: Clock;
  random(): number;
  warn(text: string): void;
}

interface Regarding {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  uid: string;
  fieldPath?: string;
}

interface EventText {
  /** Events with the same key are one object. */
  key: string;
  type: string;
  reason: string;
  message: string;
  /** The number of repeats. */
  count: number;
}

interface Waiting {
  regarding: Regarding;
  event: EventText;
  first: number;
  last: number;
}

const MAX_WAITING = 1000;
const TRIES = 12;
const RETRY = { initial: 1_000, max: 30_000 };

export class EventRecorder {
  readonly #ports: EventPorts;
  readonly #aggregator = new EventAggregator();
  readonly #filter = new EventSpamFilter();
  /** Repeats so far, by key. */
  readonly #counts = new RecentMap<number>(MAX_EVENT_KEYS);
  /** By key, in the order of their first time. A repeat of one that is not written yet costs nothing more. */
  readonly #waiting = new Map<string, Waiting>();
  /** Path of the Event object, by key. */
  readonly #written = new RecentMap<string>(MAX_EVENT_KEYS);
  #sending: Promise<void> | undefined;
  #dropped = 0;

  constructor(ports: EventPorts) {
    this.#ports = ports;
  }

  pod(pod: Pod, { type, reason, message, fieldPath }: PodEvent): void {
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    this.#record({ apiVersion: 'v1', kind: 'Pod', name, namespace, uid, fieldPath }, type, reason, message);
  }

  /** Upstream's node events name the node by its name, not by its object's uid, so that they outlive it. */
  node(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { node } = this.#ports;
    this.#record({ apiVersion: 'v1', kind: 'Node', name: node, uid: node }, type, reason, message);
  }

  /** Resolves when everything so far has been written, or given up. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  #record(regarding: Regarding, type: string, reason: string, text: string): void {
    const now = this.#ports.clock.now();
    const { kind, namespace = '', name, uid, fieldPath = '' } = regarding;
    const object = eventGroup(kind, namespace, name, uid);
    const { key, message } = this.#aggregator.aggregate(eventGroup(object, fieldPath, type, reason), text, now);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (!this.#filter.admits(object, now)) return;
    const event = { key, type, reason, message, count };
    const waiting = this.#waiting.get(key);
    if (!waiting && this.#waiting.size >= MAX_WAITING) {
      if (this.#dropped++ === 0) this.#ports.warn('events are dropped: too many wait to be written');
      return;
    }
    this.#waiting.set(key, { regarding, event, first: waiting?.first ?? now, last: now });
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  async #send(): Promise<void> {
    for (let next = this.#waiting.values().next(); !next.done; next = this.#waiting.values().next()) {
      const { event } = next.value;
      const backOff = new BackOff(RETRY, this.#ports.random);
      for (let tries = 1; ; tries++) {
        try {
          const waiting = this.#waiting.get(event.key) as Waiting;
          await this.#write(waiting);
          // An event that was repeated meanwhile is written once more.
          if (this.#waiting.get(event.key) === waiting) this.#waiting.delete(event.key);
          break;
        } catch (error) {
          const lasting = error instanceof ApiError && error.code >= 400 && error.code < 500 && error.code !== 429;
          if (lasting || tries >= TRIES) {
            this.#ports.warn(`event ${event.reason} was not recorded: ${(error as Error).message}`);
            this.#waiting.delete(event.key);
            break;
          }
          await sleep(this.#ports.clock, backOff.next());
        }
      }
    }
    this.#dropped = 0;
  }

  async #write({ regarding, event, first, last }: Waiting): Promise<void> {
    const { api } = this.#ports;
    const { key, count, message } = event;
    const written = this.#written.get(key);
    if (written) {
      try {
        const patch = { count, message, lastTimestamp: rfc3339(last) };
        await api.request('PATCH', written, patch, STRATEGIC_MERGE);
        return;
      } catch (error) {
        // The Event has expired, after its hour: another one is written.
        if (!(error instanceof ApiError && error.code === 404)) throw error;
        this.#counts.set(key, 1);
      }
    }
    const object = this.#object(regarding, { ...event, count: written ? 1 : count }, written ? last : first, last);
    const path = `/api/v1/namespaces/${object.metadata.namespace}/events`;
    await api.request('POST', path, object);
    this.#written.set(key, `${path}/${object.metadata.name}`);
  }

  #object(regarding: Regarding, { type, reason, message, count }: EventText, first: number, last: number) {
    const { node } = this.#ports;
    const name = `${regarding.name}.${first.toString(16)}${randomBytes(4).toString('hex')}`;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: regarding.namespace ?? 'default' },
      involvedObject: regarding,
      type,
      reason,
      message,
      count,
      firstTimestamp: rfc3339(first),
      lastTimestamp: rfc3339(last),
      source: { component: 'kubelet', host: node },
      reportingComponent: 'kubelet',
      reportingInstance: node,
    };
  }
}
