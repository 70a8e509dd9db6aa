/**
 * The packages of one cluster, put together over ports: store, pipeline, watch hub, controllers, scheduler. Nothing of
 * the runtime's is named here, so tests put it together the same way.
 */
import { KindRegistry } from '../../kube/kinds/registry.ts';
import { keyPrefix } from '../../kube/machinery/resource.ts';
import { Registry } from '../../kube/metrics/registry.ts';
import { legacyPayload } from '../../wire/service-account-tokens.ts';
import { bootstrap, makeStandardClass } from '../apiserver/bootstrap.ts';
import { Converter } from '../apiserver/conversion/converter.ts';
import { watchConversion } from '../apiserver/conversion/watch-conversion.ts';
import { WatchMetrics } from '../apiserver/metrics/watch-metrics.ts';
import { matcherFactory } from '../apiserver/negotiate/match.ts';
import { makeRenderer } from '../apiserver/negotiate/render.ts';
import { throughServices, unreachable } from '../apiserver/outbound.ts';
import { pastRequest } from '../apiserver/past.ts';
import { makeApiServer } from '../apiserver/pipeline.ts';
import { availabilityEffects } from '../controllers/api-service-availability-controller.ts';
import { certificateEffects } from '../controllers/certificate-controller.ts';
import { createAuthority, FRONT_PROXY_AUTHORITY } from '../controllers/certificates/authority.ts';
import { createControllers } from '../controllers/index.ts';
import { localPathEffects } from '../controllers/local-path-provisioner.ts';
import { namespaceEffects } from '../controllers/namespace/effects.ts';
import { createControllerManager, TIMER_PREFIX } from '../controllers/runtime/manager.ts';
import { loadBalancerEffects } from '../controllers/service-lb/effects.ts';
import { simulatedLoadBalancers } from '../controllers/service-lb/simulated.ts';
import { tokenEffects } from '../controllers/serviceaccount-token-controller.ts';
import { followDefinitions } from '../definitions/feed.ts';
import { GUARD_TIMER, WakeGuard } from '../follow/wake-guard.ts';
import { makeHistory } from '../history/index.ts';
import { readableBy } from '../history/rights.ts';
import { createScheduler, SCHEDULER_TIMER } from '../scheduler/scheduler.ts';
import { EVENTS_PREFIX } from '../store/keys.ts';
import { openStore } from '../store/mvcc.ts';
import { Notes } from '../store/notes.ts';
import { plainSealer } from '../store/sealer.ts';
import { Timers } from '../store/timers.ts';
import { WatchHub } from '../store/watch-hub.ts';
import { makeAlarm } from './alarm.ts';
import { BootstrapPolicies, bootstrapTexts } from './bootstrap-policies.ts';
import { COMPACTION_PREFIX, scheduleCompaction } from './compaction.ts';
import { type ControlPlane, type ControlPlanePorts, STREAM_TIMER } from './control-plane.ts';
import { makeCopies } from './copies.ts';
import { CREDENTIAL_TIMER, CredentialLifetime, endWithObjects } from './credential-lifetime.ts';
import { extenderCall } from './extender-call.ts';
import { frontProxyClient } from './front-proxy.ts';
import { answerTrace } from './islet-api.ts';
import { Loopback } from './loopback.ts';
import { createNodes } from './nodes.ts';
import { servicesOf } from './services-of.ts';
import { SetBackClock } from './set-back-clock.ts';
import { readerWithStandIns } from './stand-ins.ts';
import { SharedTimers } from './timers.ts';
import { answerUsageHour } from './usage-hour.ts';
import { answerWhy } from './why.ts';

export function assemble(ports: ControlPlanePorts): ControlPlane {
  const { sql, now, random, uuid, defer, setAlarm, clearAlarm, report, without = [] } = ports;
  const clock = { now };
  const randomness = { next: random, uuid };
  const pause = (): Promise<void> => new Promise((resolve) => defer(resolve, 0));

  const loopback = new Loopback();
  const store = openStore(sql, {
    inFlight: ports.inFlight ?? (() => loopback.inFlight()),
    defer: (run) => defer(run, 0),
    sealer: ports.sealer,
    quota: ports.quota,
    objectLimits: ports.objectLimits,
    horizons: ports.horizons,
    bootstrap: { texts: bootstrapTexts, now, uuid },
  });
  const timers = new Timers(sql);
  const sharedTimers = new SharedTimers(timers);
  const notes = new Notes(sql);
  const guardTimers = sharedTimers.port(GUARD_TIMER);
  const guard = new WakeGuard(guardTimers, clock);
  const kinds = new KindRegistry();
  const metrics = new Registry();
  followDefinitions({ log: store, notes, kinds, report: (error, about) => report(about, error) });
  const outbound = ports.outbound && throughServices(ports.outbound, { store, agents: ports.connections, random });
  const watchMetrics = new WatchMetrics(metrics, kinds);
  const hub = new WatchHub({
    sent: watchMetrics.sent,
    store,
    sql,
    match: matcherFactory(kinds),
    renderer: makeRenderer(kinds, now),
    conversion: watchConversion(kinds, new Converter({ outbound: outbound ?? unreachable, uuid, now, metrics })),
    serves: ({ apiVersion, kind }) => kinds.findKind(apiVersion, kind) !== undefined,
    now,
    defer: (run) => defer(run, 0),
    report: (error) => report('watches', error),
  });
  watchMetrics.follow(() => hub.requests());
  kinds.onChange((resource) => hub.end(keyPrefix(resource)));
  const remoteVersions = () => api.aggregation.discovery.versions;
  const loadBalancers = simulatedLoadBalancers(servicesOf(store));
  const definitions = createControllers({
    rootCA: ports.rootCA,
    managed: !without.includes('controllers'),
    kinds,
    remoteVersions,
    loadBalancers,
  });
  const { seal, open } = ports.sealer ?? plainSealer;
  const authorityPorts = { notes, seal, open, clock, crypto };
  const authority = createAuthority(authorityPorts);
  const frontProxy = createAuthority(authorityPorts, FRONT_PROXY_AUTHORITY);
  const shown = frontProxyClient(frontProxy, ports.connections);
  const issueToken: Parameters<typeof tokenEffects>[0] = (namespace, account, secret) =>
    ports.tokens.keys().signPayload(legacyPayload(ports.tokens.cluster.id, namespace, account, secret));
  const controllers = createControllerManager({
    controllers: definitions,
    kinds,
    log: store,
    read: readerWithStandIns(store),
    request: loopback,
    effects: {
      ...certificateEffects(authority),
      ...tokenEffects(issueToken),
      ...localPathEffects((node, path) => (ports.volumes ?? noAgents).remove(node, path)),
      ...availabilityEffects((object) => api.aggregation.availability.check(object)),
      ...loadBalancerEffects(loadBalancers),
      ...namespaceEffects({ request: loopback, versions: remoteVersions, read: store, now }),
    },
    follow: (asked) => ports.usage?.follow?.(asked) ?? false,
    timers: sharedTimers.port(TIMER_PREFIX),
    guard: guard.share(),
    build: ports.build,
    settled: store.isNew ? store.bootstrapRevision : undefined,
    notes,
    metrics,
    clock,
    random: randomness,
    defer,
    report: (error, about) => report(about, error),
  });
  /** Ports that each follower of the log gets besides. */
  const followerPorts = () => ({
    guard: guard.share(),
    build: ports.build,
    defer: (run: () => void, ms = 0) => defer(run, ms),
    report: (error: unknown, about: string) => report(about, error),
  });
  const streamTimer = sharedTimers.port(STREAM_TIMER, 'deadline');
  const schedulerTimers = sharedTimers.port(SCHEDULER_TIMER);
  const schedules = !without.includes('scheduler');
  const scheduler = createScheduler({
    log: store,
    read: store,
    request: (ask) => loopback.request(ask),
    timers: schedulerTimers,
    notes,
    metrics,
    clock,
    random: randomness,
    ...(outbound ? { callExtender: extenderCall(outbound) } : {}),
    ...followerPorts(),
  });
  const nodes = createNodes({
    log: store,
    read: store,
    request: loopback,
    timers: sharedTimers,
    notes,
    clock,
    random: randomness,
    ...followerPorts(),
    connections: ports.connections,
    isWatched: (prefix) => hub.isWatched(prefix),
  });
  const api = makeApiServer({
    store,
    kinds,
    clock,
    random: randomness,
    sleep: (ms) => new Promise((resolve) => defer(resolve, ms)),
    report: (id, error, about) => report(`${id} ${about}`, error),
    limits: ports.limits,
    metrics,
    outbound,
    agents: ports.connections,
    notes,
    build: ports.build,
    usage: ports.usage,
    frontProxy: shown,
    authorities: async () => ({ client: await authority.certificate(), frontProxy: await frontProxy.certificate() }),
    identity: ports.tokens,
    extension: (request, user) => history(request, user) ?? ports.extension?.(request, user),
    nodeLeases: nodes.leases,
    foreignControllers: without.includes('controllers'),
    foreignScheduler: !schedules,
  });
  const history = makeHistory({
    store,
    kinds,
    api,
    authorize: api.authorize,
    pause,
    sealer: ports.sealer ?? plainSealer,
    now,
  });
  kinds.onChange(() => api.kindsChanged());
  const policies = new BootstrapPolicies({ store, kinds, api, uuid, notes, build: ports.build, now, report });
  const gate = policies.gate(api);
  loopback.connect(gate, outbound, shown);
  const copies = makeCopies({ store, notes, kinds, api: gate, policies, pause, now, report });
  const credentials = new CredentialLifetime({
    ...ports.tokens,
    timers: sharedTimers.port(CREDENTIAL_TIMER, 'deadline'),
    timerIds: () => timers.ids(CREDENTIAL_TIMER),
    now,
  });
  endWithObjects(store, credentials);
  const compaction = scheduleCompaction({
    store,
    timers: sharedTimers.port(COMPACTION_PREFIX),
    now,
    pause,
    areEventsWatched: () => hub.isWatched(EVENTS_PREFIX),
  });

  const setBackClock = new SetBackClock({ now, log: store, notes, setBack: (by) => sharedTimers.setBack(by) });
  let alarms = 0;
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
      (at) => (streamTimer.takeDue(at, 1).length > 0 ? ports.streamsAlarm?.() : undefined),
      (at) => sharedTimers.dropUnclaimed(at),
      (at) => hub.tick(at),
    ],
    next: () => timers.next(),
    report,
  });

  return {
    hub,
    kinds,
    handle(ask) {
      setBackClock.look();
      hub.tick(now());
      return gate.handle(pastRequest(ask));
    },
    authenticate: api.authenticate,
    async initialise(simulatedNodes) {
      const managed = !without.includes('controllers');
      await Promise.all([policies.done, bootstrap(api, now()), managed && makeStandardClass(api, now())]);
      nodes.simulate(simulatedNodes);
    },
    wake() {
      policies.start();
      timers.onMove((due) => (due === undefined ? clearAlarm() : setAlarm(due)));
      setBackClock.look();
      controllers.wake();
      if (schedules) scheduler.wake();
      nodes.wake();
    },
    alarm(at) {
      setBackClock.look();
      alarms++;
      return alarm.ring(at);
    },
    nextAlarm: () => alarm.next(),
    stop: () => controllers.stop(),
    news: controllers.news,
    nodes,
    credentials,
    authority,
    copies,
    streamTimer,
    trace: (query, user) => answerTrace(query, kinds.kinds, store, readableBy(user, api.authorize, store)),
    why: (query) =>
      answerWhy(query, {
        store,
        ...(schedules ? { schedules: (name: string) => scheduler.schedules(name) } : {}),
        decision: (key, uid) => scheduler.decision(key, uid),
        held: (pod) => scheduler.held(pod),
        now,
      }),
    usageHour: (query, user) =>
      answerUsageHour(query, { store, mayRead: readableBy(user, api.authorize, store), usage: ports.usage }),
    stats: () => ({ revision: store.revision, rowsWritten: store.rowsWritten, watches: hub.size, alarms }),
  };
}

const noAgents = { remove: (node: string) => Promise.reject(new Error(`the agent of node ${node} is not connected`)) };
