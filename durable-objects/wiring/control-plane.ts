/** The ports of a cluster's control plane, and its interface. */
import type { KindRegistry } from '../../kube/kinds/registry.ts';
import type { Component } from '../../wire/rpc.ts';
import type { UsagePort } from '../apiserver/on-demand/resource-metrics.ts';
import type { Outbound } from '../apiserver/outbound.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from '../apiserver/request.ts';
import type { IdentityPorts, Limits, ServerPorts } from '../apiserver/server.ts';
import type { CertificateAuthority } from '../controllers/certificates/authority.ts';
import type { ControllerManager } from '../controllers/runtime/manager.ts';
import type { TimerPort } from '../controllers/runtime/ports.ts';
import type { Horizons } from '../store/compact.ts';
import type { ObjectLimits } from '../store/object-limits.ts';
import type { Sealer } from '../store/sealer.ts';
import type { SqlPort } from '../store/sql/port.ts';
import type { WatchHub } from '../store/watch-hub.ts';
import type { Copies } from './copies.ts';
import type { CredentialLifetime, LifetimePorts } from './credential-lifetime.ts';
import type { Answer } from './islet-api.ts';
import type { Connections, Nodes } from './nodes.ts';

export interface ControlPlanePorts {
  sql: SqlPort;
  /** Milliseconds since the epoch. */
  now(): number;
  /** [0, 1) */
  random(): number;
  uuid(): string;
  /** `setTimeout`. Nothing waits longer than a second this way: longer waits are timer rows. */
  defer(run: () => void, ms: number): void;
  /** PEM that clients inside the cluster trust the API by. */
  rootCA: string;
  /** Names the code of the controllers: other code looks at everything anew. */
  build: string;
  connections: Connections;
  /** Asks nodes for what they measure. */
  usage?: UsagePort;
  /** Has a node remove the folder of a volume. */
  volumes?: { remove(node: string, path: string): Promise<void> };
  /** The cluster's tokens, their revocation, and the ends of what they opened. */
  tokens: IdentityPorts & Pick<LifetimePorts, 'close'>;
  /** Serves `/islet/v1/…`. */
  extension?: ServerPorts['extension'];
  /** Moves the alarm. */
  setAlarm(due: number): void;
  /** No timer is left. */
  clearAlarm(): void;
  report(about: string, error: unknown): void;
  /** Requests that have arrived and are not answered yet, those whose body is still being read included. */
  inFlight?(): number;
  /** Encrypts Secrets at rest; left out, they are stored as they are. */
  sealer?: Sealer;
  limits?: Partial<Limits>;
  /** Calls others: webhooks, and what is served elsewhere. Left out, every such call fails with words that say so. */
  outbound?: Outbound;
  /** Bytes that the cluster may store. */
  quota?: number | (() => number | undefined);
  objectLimits?: () => ObjectLimits;
  /** The time and the size for which the past is kept; the store has defaults. */
  horizons?: Partial<Horizons>;
  /** The timer of streams has rung. */
  streamsAlarm?(): Promise<void>;
  /** The parts that others take the place of. */
  without?: readonly Component[];
}

export const STREAM_TIMER = 'streams/';

/** Figures of this life of the object, for benches. */
interface Stats {
  revision: number;
  /** Rows that production bills. */
  rowsWritten: { commits: number; compaction: number };
  watches: number;
  alarms: number;
}

export interface ControlPlane {
  readonly hub: WatchHub;
  /** The registry of the cluster's kinds: definitions come and go here. */
  readonly kinds: KindRegistry;
  handle(request: ApiRequest): Promise<ApiAnswer>;
  authenticate: ApiServer['authenticate'];
  /** Makes the first objects of a new cluster. Idempotent. */
  initialise(simulatedNodes: number): Promise<void>;
  /** Takes up what the last life left undone. */
  wake(): void;
  alarm(now: number): Promise<void>;
  /** The time that the alarm must be set to next. */
  nextAlarm(): number | undefined;
  stop(): void;
  /** The nodes' messages to the controllers. */
  readonly news: ControllerManager['news'];
  readonly nodes: Nodes;
  readonly credentials: CredentialLifetime;
  trace(query: string, user: UserInfo): Answer;
  usageHour(query: string, user: UserInfo): Promise<Answer>;
  why(query: string): Answer;
  readonly authority: CertificateAuthority;
  readonly copies: Copies;
  /** Its ids begin with {@link STREAM_TIMER}. */
  readonly streamTimer: TimerPort;
  stats(): Stats;
}
