/**
 * Finds real nodes that are gone, without keeping anything awake (design decision 8): a closed socket starts a short
 * timer that a reconnect cancels; while agents are connected, one alarm a minute finds the silently dead. The taints
 * and evictions that follow are the node lifecycle controller's.
 */
import { keyOf, keyPrefix, parseKey } from '../../kube/machinery/resource.ts';
import type { Lease, Node } from '../../kube/types.ts';
import type { Clock, LogPort, ReadPort, RequestPort, TimerPort } from '../controllers/runtime/ports.ts';
import { LIVENESS, unknownConditions, verdict } from './liveness-decision.ts';
import { SIMULATED_TEXT } from './simulated/index.ts';

export interface LivenessPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  clock: Clock;
  connections: {
    /** When the node's socket was last heard, in milliseconds; undefined when it has none. */
    lastHeard(node: string): number | undefined;
    connected(node: string): boolean;
  };
  /** How long an agent whose socket closed has to come back, in milliseconds. */
  reconnect?: number;
}

export interface Liveness {
  /** Once per life of the object: nodes may have gone while nobody looked. */
  wake(): void;
  /** An agent's socket was accepted. */
  opened(node: string): void;
  /** An agent's socket closed or broke. */
  closed(node: string): void;
  /** A timer whose id starts with {@link LIVENESS_TIMERS} has come due: `id` and `payload` as they were taken. */
  alarm(timer: { id: string; payload: string }, now: number): void;
  /** Resolves when no write is under way. */
  idle(): Promise<void>;
}

export const LIVENESS_TIMERS = 'liveness/';
const SWEEP = `${LIVENESS_TIMERS}sweep`;
const NODE = `${LIVENESS_TIMERS}node/`;
const USER = {
  user: 'system:serviceaccount:kube-system:node-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

export function createLiveness(ports: LivenessPorts): Liveness {
  return new Runner(ports);
}

class Runner implements Liveness {
  readonly #ports: LivenessPorts;
  readonly #writes = new Set<Promise<void>>();
  #sweepAt: number | undefined;

  constructor(ports: LivenessPorts) {
    this.#ports = ports;
  }

  wake(): void {
    const { log, read, clock, timers } = this.#ports;
    log.onCommit((changes) => {
      for (const { key, change, text } of changes) {
        if (!key.startsWith('nodes/') || text.includes(SIMULATED_TEXT)) continue;
        const { name } = parseKey(key);
        // A new node has a while to be heard of; one that is gone for good is nobody's concern.
        if (change === 'create') this.#lookAt(name, clock.now() + LIVENESS.silence, '');
        else if (change === 'delete') timers.clear(NODE + name);
      }
    });
    let connected = false;
    let after: string | undefined;
    do {
      const page = read.list({ prefix: keyPrefix('nodes'), limit: 500, ...(after === undefined ? {} : { after }) });
      for (const { key, text } of page.items) {
        if (text.includes(SIMULATED_TEXT)) continue;
        const { name } = parseKey(key);
        if (this.#ports.connections.connected(name)) connected = true;
        else if (unknownConditions(JSON.parse(text) as Node, clock.now())) {
          this.#lookAt(name, clock.now() + this.#reconnect, '');
        }
      }
      after = page.next;
    } while (after !== undefined);
    if (connected) this.#armSweep();
  }

  opened(node: string): void {
    this.#ports.timers.clear(NODE + node);
    this.#armSweep();
  }

  closed(node: string): void {
    if (this.#ports.connections.connected(node)) return;
    this.#lookAt(node, this.#ports.clock.now() + this.#reconnect, 'closed');
  }

  alarm({ id, payload }: { id: string; payload: string }, now: number): void {
    if (id === SWEEP) this.#sweep(now);
    else if (id.startsWith(NODE)) this.#judge(id.slice(NODE.length), payload === 'closed', now);
  }

  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  get #reconnect(): number {
    return this.#ports.reconnect ?? LIVENESS.reconnect;
  }

  #lookAt(node: string, due: number, payload: string): void {
    this.#ports.timers.set(NODE + node, due, payload);
  }

  /** On whole minutes, so that waking often puts it off never. */
  #armSweep(): void {
    const due = (Math.floor(this.#ports.clock.now() / LIVENESS.sweep) + 1) * LIVENESS.sweep;
    if (this.#sweepAt === due) return;
    this.#sweepAt = due;
    this.#ports.timers.set(SWEEP, due);
  }

  #sweep(now: number): void {
    this.#sweepAt = undefined;
    let connected = false;
    for (const { key, text } of this.#ports.read.list({ prefix: keyPrefix('nodes') }).items) {
      const { name } = parseKey(key);
      if (text.includes(SIMULATED_TEXT) || !this.#ports.connections.connected(name)) continue;
      connected = true;
      this.#judge(name, false, now);
    }
    if (connected) this.#armSweep();
  }

  #judge(name: string, closed: boolean, now: number): void {
    const { read, connections } = this.#ports;
    const stored = read.get(keyOf('nodes', '', name));
    if (!stored || stored.text.includes(SIMULATED_TEXT)) return;
    const node = JSON.parse(stored.text) as Node;
    const { gone, again } = verdict(
      {
        connected: connections.connected(name),
        lastHeard: connections.lastHeard(name),
        heartbeat: this.#heartbeat(node),
        closed,
      },
      now,
    );
    if (again !== undefined) this.#lookAt(name, again, '');
    const conditions = gone ? unknownConditions(node, now) : undefined;
    if (!conditions) return;
    const write = this.#ports
      .request({
        ...USER,
        method: 'PATCH',
        path: `/api/v1/nodes/${name}/status`,
        contentType: 'application/strategic-merge-patch+json',
        body: { metadata: { uid: node.metadata.uid }, status: { conditions } },
        cause: {
          kind: 'controller',
          at: now,
          name: 'node-liveness',
          key: keyOf('nodes', '', name),
          saw: stored.revision,
        },
      })
      .then(
        // Refused or broken: looked at again, unless the node itself is gone.
        (answer) => (answer.ok || answer.status.code === 404 ? undefined : this.#lookAt(name, now + 10_000, 'closed')),
        () => this.#lookAt(name, now + 10_000, 'closed'),
      )
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** When a kubelet that is not Islet's agent last spoke: by its Lease, or by its status. */
  #heartbeat(node: Node): number | undefined {
    const lease = this.#ports.read.get(
      keyOf('leases.coordination.k8s.io', 'kube-node-lease', node.metadata.name ?? ''),
    );
    const renewed = lease && (JSON.parse(lease.text) as Lease).spec?.renewTime;
    const posted = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.lastHeartbeatTime;
    const times = [renewed, posted].flatMap((time) => (time ? [Date.parse(String(time))] : []));
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}
