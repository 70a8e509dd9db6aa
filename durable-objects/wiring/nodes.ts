/** Nodes of both sorts: real ones by their sockets, simulated ones by their label. */
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Node } from '../../kube/types.ts';
import { isSimulated } from '../../wire/nodes.ts';
import type { Clock, LogPort, NotePort, Random, ReadPort, RequestPort } from '../controllers/runtime/ports.ts';
import type { Guard } from '../follow/wake-guard.ts';
import { createNodeLeases, LEASE_TIMER, type NodeLeases } from '../nodes/leases.ts';
import { createLiveness, LIVENESS_TIMERS } from '../nodes/liveness.ts';
import { createSimulatedNodes, SIMULATED_TIMER } from '../nodes/simulated/index.ts';
import type { SharedTimers } from './timers.ts';

/** The sockets of agents: `nodes/agent-link.ts`, or a test's own. */
export interface Connections {
  lastHeard(node: string): number | undefined;
  connected(node: string): boolean;
  /** The names of the nodes whose agents are connected. */
  nodes(): readonly string[];
  /** The public key that the node's agent told (`wire/stream.ts`); undefined where it told none. */
  clientKey?(node: string): string | undefined;
}

export interface NodesPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort;
  timers: SharedTimers;
  notes: NotePort;
  clock: Clock;
  random: Random;
  guard: Guard;
  build: string;
  defer(work: () => void, ms?: number): void;
  report(error: unknown, about: string): void;
  connections: Connections;
  isWatched(prefix: string): boolean;
}

export interface Nodes {
  readonly leases: NodeLeases;
  wake(): void;
  alarm(now: number): Promise<void>;
  /** Makes so many simulated nodes, if they are not there. */
  simulate(count: number): void;
  opened(node: string): void;
  closed(node: string): void;
  isReady(name: string): boolean;
  isSimulated(name: string): boolean;
  idle(): Promise<void>;
}

/** The note that holds the number of simulated nodes that are to be made. */
const SIMULATED_NODES = 'simulated-nodes';

export function createNodes(ports: NodesPorts): Nodes {
  const { read, timers, notes } = ports;
  const request: RequestPort['request'] = (ask) => ports.request.request(ask);
  const simulatedTimers = timers.port(SIMULATED_TIMER);
  const livenessTimers = timers.port(LIVENESS_TIMERS);
  const simulated = createSimulatedNodes({
    ...ports,
    request,
    timers: simulatedTimers,
    nodes: () => Number(notes.read(SIMULATED_NODES) ?? 0),
    made: () => notes.write(SIMULATED_NODES, '0'),
  });
  const liveness = createLiveness({ ...ports, request, timers: livenessTimers });
  const leaseTimers = timers.port(LEASE_TIMER);
  const lastHeard = (node: string): number | undefined => ports.connections.lastHeard(node);
  const leases = createNodeLeases({ ...ports, request, timers: leaseTimers, lastHeard });
  const find = (name: string): Node | undefined => {
    const stored = read.get(keyOf('nodes', '', name));
    return stored && (JSON.parse(stored.text) as Node);
  };
  return {
    leases,
    wake() {
      simulated.wake();
      liveness.wake();
    },
    async alarm(now) {
      if (simulatedTimers.takeDue(now, 10).length > 0) simulated.alarm();
      for (const timer of livenessTimers.takeDue(now, 10_000)) liveness.alarm(timer, now);
      if (leaseTimers.takeDue(now, 10).length > 0) await leases.alarm(now);
    },
    simulate(count) {
      notes.write(SIMULATED_NODES, String(count));
      simulated.make();
    },
    opened: (node) => liveness.opened(node),
    closed: (node) => liveness.closed(node),
    isReady: (name) =>
      find(name)?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    isSimulated(name) {
      const node = find(name);
      return node !== undefined && isSimulated(node);
    },
    async idle() {
      await Promise.all([simulated.idle(), liveness.idle()]);
    },
  };
}
