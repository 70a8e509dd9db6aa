/**
 * Finds nodes that are gone, real ones and simulated ones that are told to be silent, without keeping the object awake:
 * a closed socket starts a timer that a reconnect cancels; while agents are connected, one alarm a minute finds those
 * that are silent. The taints and evictions that follow are the node lifecycle controller's.
 */
import { keyOf, keyPrefix, parseKey } from '../../kube/machinery/resource.ts';
import type { Lease, Node, NodeCondition } from '../../kube/types.ts';
import { isPresentText } from '../../wire/nodes.ts';
import type { Clock, LogPort, ReadPort, RequestPort, TimerPort } from '../controllers/runtime/ports.ts';
import { type Heard, Heartbeats, heardFrom, heardNow } from './heartbeats.ts';
import { LIVENESS, nodeHealth, unknownConditions } from './liveness-decision.ts';

export interface LivenessPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  clock: Clock;
  connections: {
    /** The time at which the node's socket was last heard, in milliseconds; undefined when it has none. */
    lastHeard(node: string): number | undefined;
    connected(node: string): boolean;
  };
}

export interface Liveness {
  /** Once per life of the object: nodes may have gone while it slept. */
  wake(): void;
  /** An agent's socket was accepted. */
  opened(node: string): void;
  /** An agent's socket closed or broke. */
  closed(node: string): void;
  /** A timer whose id starts with {@link LIVENESS_TIMERS} has come due: its row as it was taken. */
  alarm(timer: { id: string; due: number; payload: string }, now: number): void;
  /** Resolves when no write is under way. */
  idle(): Promise<void>;
}

export const LIVENESS_TIMERS = 'liveness/';
const SWEEP = `${LIVENESS_TIMERS}sweep`;
const NODE = `${LIVENESS_TIMERS}node/`;
const LEASES = keyPrefix('leases.coordination.k8s.io', 'kube-node-lease');
/** The payload of a sweep that was put off once. */
const PUT_OFF = 'put off';
const PAGE = 500;
/** The delay after a write that failed, and the longest, in milliseconds: each retry wakes the object. */
const RETRY = 10_000;
const MAX_RETRY = 15 * 60_000;
const USER = {
  user: 'system:serviceaccount:kube-system:node-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

export function createLiveness(ports: LivenessPorts): Liveness {
  return new NodeMonitor(ports);
}

class NodeMonitor implements Liveness {
  readonly #ports: LivenessPorts;
  readonly #writes = new Set<Promise<void>>();
  readonly #heartbeats = new Heartbeats();
  #sweepAt: number | undefined;

  constructor(ports: LivenessPorts) {
    this.#ports = ports;
  }

  wake(): void {
    const { log, clock, timers, connections } = this.#ports;
    const sweep = timers.get(SWEEP);
    log.onCommit((changes) => {
      for (const { key, change, text } of changes) {
        if (key.startsWith(LEASES) && change !== 'delete') this.#heartbeats.renewed(parseKey(key).name, clock.now());
        if (!key.startsWith('nodes/')) continue;
        const { name } = parseKey(key);
        if (isPresentText(text)) {
          this.#present(name);
          continue;
        }
        if (change === 'create') this.#lookAt(name, clock.now() + LIVENESS.startupGracePeriod, {});
        else if (change === 'delete') this.#forget(name);
        else if (!connections.connected(name)) this.#watch(name, text);
      }
    });
    let connected = false;
    for (const { name, text } of this.#mayBeGone()) {
      if (connections.connected(name)) connected = true;
      else this.#watch(name, text);
    }
    if (connected && sweep && isLate(sweep.due, clock.now())) this.#putOffSweep(clock.now());
    else if (connected) this.#armSweep();
  }

  opened(node: string): void {
    this.#ports.timers.clear(NODE + node);
    this.#armSweep();
  }

  closed(node: string): void {
    const { connections, clock } = this.#ports;
    if (connections.connected(node)) return;
    const now = clock.now();
    const stored = this.#ports.read.get(keyOf('nodes', '', node));
    const parsed = stored && (JSON.parse(stored.text) as Node);
    this.#lookAt(node, now + LIVENESS.gracePeriod, heardNow(parsed, this.#lease(node), now));
  }

  alarm({ id, due, payload }: { id: string; due: number; payload: string }, now: number): void {
    if (id === SWEEP) {
      this.#sweepAt = undefined;
      if (isLate(due, now) && payload !== PUT_OFF) this.#putOffSweep(now);
      else this.#sweep(now);
    } else if (id.startsWith(NODE)) {
      this.#judge(id.slice(NODE.length), heardFrom(payload), now, isLate(due, now));
    }
  }

  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  /** A simulated node may have been silent before. */
  #present(node: string): void {
    const { timers } = this.#ports;
    if (timers.get(NODE + node)) timers.clear(NODE + node);
  }

  #forget(node: string): void {
    this.#heartbeats.forget(node);
    this.#ports.timers.clear(NODE + node);
  }

  /** A node without a socket that says that it is well is looked at once its grace period is over. */
  #watch(node: string, text: string): void {
    const now = this.#ports.clock.now();
    const parsed = JSON.parse(text) as Node;
    this.#heartbeats.written(parsed, now);
    // A row that is there already keeps its time: an object that wakes often would put it off for ever.
    if (this.#ports.timers.get(NODE + node) || !unknownConditions(parsed, now)) return;
    this.#lookAt(node, now + LIVENESS.gracePeriod, heardNow(parsed, this.#lease(node), now));
  }

  #lookAt(node: string, due: number, heard: Heard): void {
    this.#ports.timers.set(NODE + node, due, JSON.stringify(heard));
  }

  /** The agents that are connected get their grace period first. */
  #putOffSweep(now: number): void {
    this.#sweepAt = now + LIVENESS.gracePeriod;
    this.#ports.timers.set(SWEEP, this.#sweepAt, PUT_OFF);
  }

  /** On whole minutes, so that an object that wakes often does not put it off. */
  #armSweep(): void {
    const { timers, clock } = this.#ports;
    const now = clock.now();
    const set = this.#sweepAt ?? timers.get(SWEEP)?.due;
    if (set !== undefined && set > now && set <= now + LIVENESS.sweep) {
      this.#sweepAt = set;
      return;
    }
    this.#sweepAt = (Math.floor(now / LIVENESS.sweep) + 1) * LIVENESS.sweep;
    timers.set(SWEEP, this.#sweepAt);
  }

  #sweep(now: number): void {
    let connected = false;
    for (const { name } of this.#mayBeGone()) {
      if (!this.#ports.connections.connected(name)) continue;
      connected = true;
      this.#judge(name, {}, now, false);
    }
    if (connected) this.#armSweep();
  }

  /** All but simulated nodes that are present. */
  *#mayBeGone(): Iterable<{ name: string; text: string }> {
    let after: string | undefined;
    do {
      const query = { prefix: keyPrefix('nodes'), limit: PAGE, ...(after === undefined ? {} : { after }) };
      const page = this.#ports.read.list(query);
      for (const { key, text } of page.items) {
        if (!isPresentText(text)) yield { name: parseKey(key).name, text };
      }
      after = page.next;
    } while (after !== undefined);
  }

  #judge(name: string, before: Heard, now: number, late: boolean): void {
    const { read, connections } = this.#ports;
    const stored = read.get(keyOf('nodes', '', name));
    if (!stored || isPresentText(stored.text)) return;
    const node = JSON.parse(stored.text) as Node;
    const heard = this.#heartbeats.latest(before, node, this.#lease(name), now);
    if (late && !heard.late) {
      this.#lookAt(name, now + LIVENESS.gracePeriod, { ...heard, at: now, late: true });
      return;
    }
    const health = nodeHealth(
      {
        connected: connections.connected(name),
        heard: connections.lastHeard(name) ?? heard.at,
        created: Date.parse(String(node.metadata.creationTimestamp ?? '')) || 0,
        reported: node.status?.conditions?.some(({ type }) => type === 'Ready') ?? false,
      },
      now,
    );
    if (!health.gone) {
      if (health.again !== undefined) this.#lookAt(name, health.again, heard);
      return;
    }
    const conditions = unknownConditions(node, now);
    if (!conditions) return;
    // Each time twice as late, as long as the node is gone.
    const wait = Math.min(MAX_RETRY, Math.max(RETRY, now - health.since));
    const retry = (): void => this.#lookAt(name, now + wait, heard);
    const write = this.#markUnknown(node, conditions, stored.revision, now)
      // A write that failed is tried again, unless the Node itself is gone.
      .then((answer) => (answer.ok || answer.status.code === 404 ? undefined : retry()), retry)
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  #markUnknown({ metadata }: Node, conditions: NodeCondition[], saw: number, now: number) {
    const { name = '', uid } = metadata;
    return this.#ports.request({
      ...USER,
      method: 'PATCH',
      path: `/api/v1/nodes/${name}/status`,
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { uid }, status: { conditions } },
      cause: { kind: 'controller', at: now, name: 'node-liveness', key: keyOf('nodes', '', name), saw },
    });
  }

  #lease(node: string): Lease | undefined {
    const stored = this.#ports.read.get(LEASES + node);
    return stored && (JSON.parse(stored.text) as Lease);
  }
}

function isLate(due: number, now: number): boolean {
  return now - due > LIVENESS.late;
}
