/** Event objects of this node, with repeats counted up instead of written anew (client-go `tools/record`). */
import { randomBytes } from 'node:crypto';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { PodEvent } from '../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../kube/types.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../api/client.ts';

export interface Regarding {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  uid: string;
  fieldPath?: string;
}

interface Recorded {
  name: string;
  namespace: string;
  count: number;
  at: number;
}

const REMEMBERED = 500;
const TRIES = 5;

export class EventRecorder {
  readonly #api: Api;
  readonly #node: string;
  readonly #now: () => number;
  readonly #warn: (text: string) => void;
  readonly #recorded = new Map<string, Recorded>();
  /** One after the other, so that a repeat finds its first. */
  #queue: Promise<void> = Promise.resolve();

  constructor(api: Api, node: string, now: () => number, warn: (text: string) => void) {
    this.#api = api;
    this.#node = node;
    this.#now = now;
    this.#warn = warn;
  }

  pod(pod: Pod, { type, reason, message, fieldPath }: PodEvent): void {
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    this.record({ apiVersion: 'v1', kind: 'Pod', name, namespace, uid, fieldPath }, type, reason, message);
  }

  node(type: 'Normal' | 'Warning', reason: string, message: string, uid: string): void {
    this.record({ apiVersion: 'v1', kind: 'Node', name: this.#node, uid }, type, reason, message);
  }

  record(regarding: Regarding, type: string, reason: string, message: string): void {
    const at = this.#now();
    this.#queue = this.#queue
      .then(() => this.#write(regarding, type, reason, message, at))
      .catch((error: unknown) => {
        this.#warn(`event ${reason} was not recorded: ${(error as Error).message}`);
      });
  }

  /** Everything so far has been sent. */
  flush(): Promise<void> {
    return this.#queue;
  }

  async #write(regarding: Regarding, type: string, reason: string, message: string, at: number): Promise<void> {
    const key = [regarding.uid, regarding.fieldPath, type, reason, message].join('\n');
    const time = rfc3339(at);
    const before = this.#recorded.get(key);
    if (before) {
      before.count++;
      const patch = { count: before.count, lastTimestamp: time };
      const path = `/api/v1/namespaces/${before.namespace}/events/${before.name}`;
      const gone = await this.#send(() => this.#api.request('PATCH', path, patch, STRATEGIC_MERGE));
      if (!gone) return;
    }
    const namespace = regarding.namespace ?? 'default';
    const name = `${regarding.name}.${at.toString(16)}${randomBytes(4).toString('hex')}`;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: regarding,
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: 'kubelet', host: this.#node },
      reportingComponent: 'kubelet',
      reportingInstance: this.#node,
    };
    await this.#send(() => this.#api.request('POST', `/api/v1/namespaces/${namespace}/events`, event));
    this.#recorded.set(key, { name, namespace, count: 1, at });
    if (this.#recorded.size > REMEMBERED) this.#recorded.delete(this.#recorded.keys().next().value as string);
  }

  /** Waits out a lost connection. True when the object to change does not exist (any more). */
  async #send(request: () => Promise<unknown>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await request();
        return false;
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return true;
        const lasting = error instanceof ApiError && error.code >= 400 && error.code < 500 && error.code !== 429;
        if (lasting || tries >= TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tries));
      }
    }
  }
}
