/** A cluster that is awake: its control plane over one object's storage, sockets and alarm. */
import type { Request as CfRequest, Response as CfResponse, DurableObjectState } from '@cloudflare/workers-types';
import { coarseTimers, TIMED_OUT, withinTimeout } from '../../kube/machinery/request-timeout.ts';
import { failure } from '../../kube/machinery/status.ts';
import { PATH_HEADER } from '../../wire/headers.ts';
import { type Claims, FORWARDED_HEADER, JOIN_PATH } from '../../wire/identity.ts';
import type { ClusterMetering } from '../../wire/metering.ts';
import { Meter } from '../metering/meter.ts';
import { withStreams } from '../metering/stream-times.ts';
import { AgentLink } from '../nodes/agent-link.ts';
import { LocalVolumes } from '../nodes/local-volumes.ts';
import { NodeUsage } from '../nodes/usage.ts';
import { durableObjectSql, type RowCounter } from '../store/sql/durable-object.ts';
import type { ClusterRecord } from '../tenancy/token-registry.ts';
import { assemble } from './assemble.ts';
import { ClusterAccess } from './cluster-access.ts';
import { type ClusterLimits, limitsOf, tooManyAnswer } from './cluster-limits.ts';
import { type ClusterStreams, clusterStreams } from './cluster-streams.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Copies } from './copies.ts';
import { DeferredWork } from './deferred-work.ts';
import { clusterLimits, controllersBuild, historyHorizons, launcherOf, type ObjectEnv, rootCA, sealer } from './env.ts';
import { Bodies } from './http/bodies.ts';
import { ParsedOnce } from './http/parsed-once.ts';
import { refusedToSession } from './http/proxied.ts';
import {
  after,
  apiRequest,
  bodySize,
  type ForwardedHeaders,
  noCluster,
  pause,
  refuseBody,
  statusResponse,
  targetOf,
  textOf,
  toResponse,
  unauthorized,
} from './http/responses.ts';
import { isletExtension } from './islet-extension.ts';
import { makeOutbound } from './outbound/outbound.ts';
import { letGo, SocketHub } from './sockets/socket-hub.ts';
import { Sockets } from './sockets/sockets.ts';

const TOO_LARGE_USER = failure('BadRequest', 'the user is too large for a socket, with its groups and extra fields');
const NO_SOCKET = failure('BadRequest', 'the socket is opened as a WebSocket');
const uuid = (): string => crypto.randomUUID();
const now = (): number => Date.now();

type Agents = AgentLink<ReturnType<DurableObjectState['getWebSockets']>[number]>;

export class ClusterService {
  readonly hub: SocketHub;
  readonly access: ClusterAccess;
  readonly meter: Meter;
  readonly #limits: ClusterLimits;
  readonly #ctx: DurableObjectState;
  readonly #sockets: Sockets;
  readonly #agents: Agents;
  readonly #streams: ClusterStreams;
  readonly #controlPlane: ControlPlane;
  readonly #awakeSince = now();
  #alive = true;
  #comesBack = false;
  #inFlight = 0;
  /** No work of a cluster goes on after its deletion. */
  readonly #deferred = new DeferredWork((run, ms) =>
    after(
      ms,
      this.meter.around(() => this.#alive && run()),
    ),
  );
  readonly #bodies = new Bodies();
  /** Timers of this object alone: the runtime runs none for another object. */
  readonly #timers = coarseTimers({ now, start: after });
  readonly #forwarded = new ParsedOnce<ForwardedHeaders>();
  #alarmChecked: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: ObjectEnv, record: ClusterRecord) {
    this.#ctx = ctx;
    const rows: RowCounter = { read: 0, written: 0 };
    const sql = durableObjectSql(ctx.storage, rows);
    this.meter = new Meter({ sql: durableObjectSql(ctx.storage), rows, now });
    this.#sockets = new Sockets(ctx, uuid, (characters) => this.meter.sent(characters));
    this.#agents = new AgentLink(ctx);
    const ended = (jti: string): void => this.#controlPlane.credentials.revoked(jti);
    const access = new ClusterAccess({ sql, env, record, now, uuid, ended });
    this.access = access;
    const { sharing } = access;
    const limits = limitsOf(env, record, { watches: () => this.#controlPlane.hub.size, now });
    this.#limits = limits;
    this.#streams = clusterStreams({
      env,
      record,
      sql,
      agents: this.#agents,
      access,
      limits,
      controlPlane: () => this.#controlPlane,
      now,
      uuid,
    });
    const usage = new NodeUsage({ send: (node, message) => this.#agents.send(node, message), now, after });
    const volumes = new LocalVolumes({ send: (node, message) => this.#agents.send(node, message), after });
    this.#controlPlane = assemble({
      sql,
      now,
      random: Math.random,
      uuid,
      defer: this.#deferred.defer,
      inFlight: () => this.#inFlight,
      sealer: sealer(env, (problem) => console.error(`cluster ${record.name}: ${problem}`)),
      limits: clusterLimits(env),
      quota: limits.bytes,
      objectLimits: limits.quota,
      horizons: historyHorizons(env),
      outbound: makeOutbound({
        fetch: (url, init) => fetch(url, init),
        launcher: launcherOf(env),
        dial: (spec, milliseconds) => this.#streams.streams.dial(spec, milliseconds),
      }),
      rootCA: rootCA(env),
      without: record.without,
      build: controllersBuild(env),
      // Errors of requests under way while the cluster is deleted, which find no tables, are no news.
      report: (about, error) => this.#alive && console.error(about, error),
      connections: this.#agents,
      usage,
      volumes,
      tokens: {
        cluster: record,
        keys: access.keys,
        isRevoked: access.isRevoked,
        roleOf: (claims) => sharing.roleOf(claims),
        hasToken: (account, jti) => access.hasToken(account, jti),
        close: (id, reason) => this.#close(id, reason),
      },
      extension: isletExtension({
        access,
        agents: this.#agents,
        controlPlane: () => this.#controlPlane,
        awakeSince: this.#awakeSince,
      }),
      streamsAlarm: () => this.#streams.minutes.ring(),
      setAlarm: (due) => {
        if (!this.#alive) return;
        // It is billed as a row.
        rows.written++;
        void ctx.storage.setAlarm(due);
      },
      clearAlarm: () => void (this.#alive && ctx.storage.deleteAlarm()),
    });
    const { credentials, nodes, hub } = this.#controlPlane;
    this.hub = new SocketHub({
      sockets: this.#sockets,
      hub,
      credentials,
      handle: async (request, node) => {
        this.#deferred.requested();
        // Each subscription is a request of its own.
        const tooFast = limits.tooFast({ node });
        return tooFast ? tooManyAnswer(tooFast) : limits.within(await this.#controlPlane.handle(request), node);
      },
      nodeConnected: (node) => {
        console.log(`cluster ${record.name}: node ${node} connected`);
        this.#agents.closeReplaced(node);
        // Tokens that were revoked, or whose objects went, while the agent was away.
        for (const holder of credentials.endedEarly()) this.#agents.send(node, { type: 'close-streams', holder });
        nodes.opened(node);
        this.#controlPlane.news.connected(node);
      },
      nodeDisconnected: (node) => {
        if (!this.#agents.connected(node)) console.log(`cluster ${record.name}: node ${node} disconnected`);
        nodes.closed(node);
      },
      nodeMeasured: (node, measured) => {
        if (measured.type === 'recalled-usage') return usage.recalled(node, measured);
        usage.heard(node, measured);
        for (const key of measured.changed ?? []) if (!this.#controlPlane.news.lookAt(key)) usage.unfollow(node, key);
      },
      nodeRemovedVolume: (node, removed) => volumes.heard(node, removed),
      nodeStreams: (node, streams) => this.#streams.minutes.heard(node, streams),
      pause,
      now,
    });
    this.#controlPlane.wake();
  }

  /** The cluster's use, by day. */
  use(): Pick<ClusterMetering, 'days' | 'total' | 'lastAsked'> {
    return withStreams(this.meter.use(), this.#streams.times.use(now()));
  }

  get copies(): Copies {
    return this.#controlPlane.copies;
  }

  initialise(simulatedNodes: number): Promise<void> {
    return this.#controlPlane.initialise(simulatedNodes);
  }

  async fetch(request: CfRequest, claims: Claims): Promise<CfResponse> {
    this.#alarmChecked ??= this.#checkAlarm();
    const tooFast = this.#limits.tooFast(claims);
    if (tooFast) return refuseBody(request, this.#timers, tooFast);
    const leave = this.#bodies.take(claims.jti, bodySize(request));
    if (!leave) return refuseBody(request, this.#timers);
    const end = this.meter.begin('request');
    if (claims.node === undefined) this.meter.asked();
    this.#inFlight++;
    this.#deferred.requested();
    try {
      const answer = await this.#answer(request, claims);
      return this.#alive ? answer : noCluster(!this.#comesBack);
    } catch (error) {
      if (this.#alive) throw error;
      return noCluster(!this.#comesBack);
    } finally {
      this.#inFlight--;
      leave();
      end();
    }
  }

  async #answer(request: CfRequest, claims: Claims): Promise<CfResponse> {
    const target = targetOf(request.url, request.headers.get(PATH_HEADER));
    if (claims.use === 'join' && target.path !== JOIN_PATH) return unauthorized();
    let authenticated = this.#controlPlane.authenticate(claims);
    const hasBody = authenticated.ok && request.method !== 'GET';
    const body = hasBody ? await withinTimeout(textOf(request), this.#timers) : undefined;
    if (hasBody && body === undefined) return statusResponse(TIMED_OUT);
    // The token may have ended while the body was read.
    if (hasBody) authenticated = this.#controlPlane.authenticate(claims);
    if (!authenticated.ok && authenticated.isStrange) return noCluster();
    if (!authenticated.ok) return unauthorized(authenticated.isFinal ? 'revoked' : undefined);
    const { user, credential } = authenticated;
    const headers = this.#forwarded.read(request.headers.get(FORWARDED_HEADER) ?? '{}');
    const handled = await this.#controlPlane.handle(apiRequest(request, target, authenticated, headers, body));
    const answer = this.#limits.within(handled, claims.node);
    if (answer.type === 'response')
      return toResponse(this.meter.counted(answer), pause, this.#timers, headers['accept-encoding']);
    // Watches, sockets and streams end with their token, unless that ended, or what it is bound to went, while they were
    // being opened.
    const counts = (): boolean => this.#controlPlane.authenticate(claims).ok;
    if (!counts()) {
      letGo(answer);
      return unauthorized();
    }
    if (answer.type === 'stream') {
      const refusal = refusedToSession(claims, answer);
      return refusal ? statusResponse(refusal) : this.#streams.streams.answer(request, { credential, counts }, answer);
    }
    if (answer.type === 'socket') {
      if (request.headers.get('upgrade') === null) return statusResponse(NO_SOCKET);
      if (!Sockets.canKeep(answer.user)) return statusResponse(TOO_LARGE_USER);
      return this.hub.acceptClient(credential, answer.user, request);
    }
    return this.hub.acceptWatch(credential, user, answer, request);
  }

  /** The runtime drops an alarm that failed too often, as when no instance could be made: the next request sets it. */
  async #checkAlarm(): Promise<void> {
    try {
      if ((await this.#ctx.storage.getAlarm()) === null) await this.#setAlarm();
    } catch (error) {
      this.#alarmChecked = undefined;
      if (this.#alive) console.error('the alarm was not checked', error);
    }
  }

  async alarm(): Promise<void> {
    const end = this.meter.begin('request');
    try {
      await this.#controlPlane.alarm(now());
    } finally {
      await this.#setAlarm();
      end();
    }
  }

  async #setAlarm(): Promise<void> {
    const next = this.#alive ? this.#controlPlane.nextAlarm() : undefined;
    if (next !== undefined) await this.#ctx.storage.setAlarm(Math.max(next, now()));
  }

  /** `comesBack`: the storage stays, and may be opened again. */
  stop(comesBack = false): void {
    this.#alive = false;
    this.meter.stop();
    this.#comesBack = comesBack;
    this.#controlPlane.stop();
    this.#sockets.closeAll('the cluster was deleted');
  }

  /** Streams are sockets of other objects, so the agents close them, which know the token of each. */
  #close(id: string, reason: string): void {
    this.#sockets.closeToken(id, reason);
    for (const node of this.#agents.nodes()) this.#agents.send(node, { type: 'close-streams', holder: id });
  }
}
