/**
 * The packages of one cluster, put together over ports: store, pipeline, watch hub, controllers, scheduler. Nothing of
 * the runtime's is named here, so tests put it together the same way.
 */
import { KindRegistry } from '../../kube/kinds/registry.ts';
import { type Key, keyPrefix } from '../../kube/machinery/resource.ts';
import { bootstrap } from '../apiserver/bootstrap.ts';
import { matcherFactory } from '../apiserver/negotiate/match.ts';
import { makeRenderer } from '../apiserver/negotiate/render.ts';
import { makeApiServer } from '../apiserver/pipeline.ts';
import type { ApiAnswer, ApiRequest } from '../apiserver/request.ts';
import type { Limits, ServerPorts } from '../apiserver/server.ts';
import { createControllers } from '../controllers/index.ts';
import { createControllerManager, TIMER_PREFIX } from '../controllers/runtime/manager.ts';
import { rolesOf } from '../controllers/runtime/rules.ts';
import { GUARD_TIMER, WakeGuard } from '../follow/wake-guard.ts';
import { createScheduler, SCHEDULER_TIMER } from '../scheduler/index.ts';
import { openStore } from '../store/mvcc.ts';
import { Notes } from '../store/notes.ts';
import type { Sealer } from '../store/sealer.ts';
import type { SqlPort } from '../store/sql/port.ts';
import type { ListQuery, Store } from '../store/store.ts';
import { Timers } from '../store/timers.ts';
import { WatchHub } from '../store/watch-hub.ts';
import { makeAlarm } from './alarm.ts';
import { COMPACTION_PREFIX, scheduleCompaction } from './compaction.ts';
import { CREDENTIAL_TIMER, CredentialLifetime, type LifetimePorts } from './credential-lifetime.ts';
import type { Answer } from './islet-api.ts';
import { type Connections, createNodes, type Nodes } from './nodes.ts';
import { Loopback } from './requests.ts';
import { SharedTimers } from './timers.ts';
import { answerTrace } from './trace-api.ts';

export interface ControlPlanePorts {
  sql: SqlPort;
  /** Milliseconds since the epoch. */
  now(): number;
  /** [0, 1) */
  random(): number;
  uuid(): string;
  /** `setTimeout`. Nothing waits longer than a second this way: longer waits are timer rows. */
  defer(run: () => void, ms: number): void;
  /** PEM that clients inside the cluster trust; '' when the system's roots will do. */
  rootCA: string;
  /** Names the code of the controllers: other code looks at everything anew. */
  build: string;
  connections: Connections;
  /** Revocation, and the ends of what tokens opened. */
  tokens: Pick<LifetimePorts, 'isRevoked' | 'close'>;
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
  /** Bytes that the cluster may store. */
  quota?: number;
}

/** Figures of this life of the object, for benches. */
interface Stats {
  revision: number;
  /** What production bills. */
  rowsWritten: { commits: number; compaction: number };
  watches: number;
  alarms: number;
}

/** Bookmarks go out about this often, while the object is awake anyway. Milliseconds. */
const TICK_EVERY = 60_000;

export interface ControlPlane {
  readonly hub: WatchHub;
  /** What the cluster serves: definitions come and go here. */
  readonly kinds: KindRegistry;
  handle(request: ApiRequest): Promise<ApiAnswer>;
  /** What a new cluster starts with. Idempotent. */
  initialise(simulatedNodes: number): Promise<void>;
  /** Takes up what the last life left undone. */
  wake(): void;
  alarm(now: number): Promise<void>;
  /** When the alarm must be set to next. */
  nextAlarm(): number | undefined;
  stop(): void;
  readonly nodes: Nodes;
  readonly credentials: CredentialLifetime;
  trace(query: string): Answer;
  stats(): Stats;
}

export function assemble(ports: ControlPlanePorts): ControlPlane {
  const { sql, now, random, uuid, defer, setAlarm, clearAlarm, report } = ports;
  const clock = { now };
  const chance = { next: random, uuid };
  const pause = (): Promise<void> => new Promise((resolve) => defer(resolve, 0));

  const loopback = new Loopback();
  const store = openStore(sql, {
    inFlight: ports.inFlight ?? (() => loopback.inFlight()),
    defer: (run) => defer(run, 0),
    sealer: ports.sealer,
    quota: ports.quota,
  });
  const timers = new Timers(sql);
  const shared = new SharedTimers(timers);
  const notes = new Notes(sql);
  const guardTimers = shared.port(GUARD_TIMER);
  const guard = new WakeGuard(guardTimers, clock);
  const kinds = new KindRegistry();
  const hub = new WatchHub({
    store,
    sql,
    match: matcherFactory(kinds),
    renderer: makeRenderer(kinds, now),
    serves: ({ apiVersion, kind }) => kinds.findKind(apiVersion, kind) !== undefined,
    now,
    defer: (run) => defer(run, 0),
  });
  kinds.onChange((resource) => hub.end(keyPrefix(resource)));
  const acting = createControllers({ rootCA: ports.rootCA });
  const controllers = createControllerManager({
    controllers: acting,
    kinds,
    log: store,
    read: everythingOf(store),
    request: loopback,
    timers: shared.port(TIMER_PREFIX),
    guard: guard.share(),
    build: ports.build,
    notes,
    clock,
    random: chance,
    defer,
    report: (error, about) => report(about, error),
  });
  /** What each follower of the log is handed besides. */
  const following = () => ({
    guard: guard.share(),
    build: ports.build,
    defer: (run: () => void, ms = 0) => defer(run, ms),
    report: (error: unknown, about: string) => report(about, error),
  });
  const schedulerTimers = shared.port(SCHEDULER_TIMER);
  const scheduler = createScheduler({
    log: store,
    read: store,
    request: (ask) => loopback.request(ask),
    timers: schedulerTimers,
    notes,
    clock,
    random: chance,
    ...following(),
  });
  const nodes: Nodes = createNodes({
    log: store,
    read: store,
    request: loopback,
    timers: shared,
    notes,
    clock,
    random: chance,
    ...following(),
    connections: ports.connections,
    isWatched: (prefix) => hub.isWatched(prefix),
  });
  const api = makeApiServer({
    roles: rolesOf(acting),
    store,
    kinds,
    clock,
    random: chance,
    sleep: (ms) => new Promise((resolve) => defer(resolve, ms)),
    report: (id, error, about) => report(`${id} ${about}`, error),
    limits: ports.limits,
    extension: ports.extension,
    nodeLeases: nodes.leases,
  });
  loopback.connect(api);
  const credentials = new CredentialLifetime({ ...ports.tokens, timers: shared.port(CREDENTIAL_TIMER), now });
  const compaction = scheduleCompaction(store, shared.port(COMPACTION_PREFIX), now, pause);

  let alarms = 0;
  let ticked = 0;
  const tick = (at: number): void => {
    if (at - ticked < TICK_EVERY) return;
    ticked = at;
    hub.tick(at);
  };
  const alarm = makeAlarm({
    parts: [
      (at) => {
        if (guardTimers.takeDue(at, 1).length > 0) guard.fired();
      },
      (at) => credentials.alarm(at),
      (at) => controllers.alarm(at),
      (at) => {
        if (schedulerTimers.takeDue(at, 10).length > 0) scheduler.alarm();
      },
      (at) => nodes.alarm(at),
      (at) => compaction.alarm(at),
      tick,
    ],
    next: () => timers.next(),
    report,
  });

  return {
    hub,
    kinds,
    handle(ask) {
      tick(now());
      return api.handle(ask);
    },
    async initialise(simulatedNodes) {
      await bootstrap(api, now());
      nodes.simulate(simulatedNodes);
    },
    wake() {
      timers.onMove((due) => (due === undefined ? clearAlarm() : setAlarm(due)));
      controllers.wake();
      scheduler.wake();
      nodes.wake();
    },
    alarm(at) {
      alarms++;
      return alarm.ring(at);
    },
    nextAlarm: () => alarm.next(),
    stop: () => controllers.stop(),
    nodes,
    credentials,
    trace: (query) => answerTrace(query, kinds.kinds, store),
    stats: () => ({ revision: store.revision, rowsWritten: store.rowsWritten, watches: hub.size, alarms }),
  };
}

/** Objects that cannot be opened are there, too: controllers see stand-ins of them, or they could not go on. */
function everythingOf(store: Store) {
  return {
    get revision() {
      return store.revision;
    },
    get: (key: Key) => store.get(key),
    list: (query: ListQuery) => store.list({ ...query, standIns: true }),
    count: (prefix: string) => store.count(prefix),
  };
}
