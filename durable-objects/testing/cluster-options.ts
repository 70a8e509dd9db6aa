/** How a cluster of a test is made, and what it answers. */
import type { Component } from '../../wire/rpc.ts';
import type { Outbound } from '../apiserver/outbound.ts';
import type { Sealer } from '../store/sealer.ts';
import type { ControlPlanePorts } from '../wiring/control-plane.ts';

export interface TestClusterOptions {
  simulatedNodes?: number;
  /** Seeds uids and names. */
  seed?: number;
  sealer?: Sealer;
  /** The time at which each agent was last heard, by node. Changes count at once. */
  heard?: ReadonlyMap<string, number>;
  without?: readonly Component[];
  /** Answers for aggregated APIs and webhooks. */
  outbound?: Outbound;
  /** What agents measure. */
  usage?: ControlPlanePorts['usage'];
  /** The revision after which the object dies, in the step that commits it. */
  diesAt?: number;
}

export interface Reply<T> {
  status: number;
  headers: Record<string, string>;
  body: T;
}
