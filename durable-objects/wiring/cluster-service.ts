/** A cluster that is awake: the packages put together over one object's storage, sockets and alarm. */
import type { Request as CfRequest, Response as CfResponse, DurableObjectState } from '@cloudflare/workers-types';
import { failure } from '../../kube/machinery/status.ts';
import type { Identity } from '../../wire/identity.ts';
import { INTRODUCTION_HEADER } from '../../wire/stream.ts';
import type { ApiAnswer } from '../apiserver/request.ts';
import { AgentLink } from '../nodes/agent-link.ts';
import { durableObjectSql } from '../store/sql/durable-object.ts';
import { introduce } from '../streams/introduce.ts';
import { ClusterBook, type ClusterRecord } from '../tenancy/cluster-book.ts';
import { TokenOffice } from '../tenancy/token-office.ts';
import { assemble, type Machine } from './assemble.ts';
import { clusterLimits, controllersBuild, type ObjectEnv, sealer, signingKeys } from './env.ts';
import { answerIslet } from './islet-api.ts';
import {
  apiRequest,
  bodySize,
  refuseBody,
  statusResponse,
  type Target,
  targetOf,
  toResponse,
  unauthorized,
} from './responses.ts';
import { SocketHub } from './socket-hub.ts';

const SOCKET_PATH = '/islet/v1/socket';
/** Each becomes text, and objects several times as large, in the 128 MB that an object has. */
const MOST_BODIES = 16 * 1024 * 1024;
/** The edge asks for watches as sockets, and knows one when it sees `watch` in the query. */
const ESCAPED_WATCH = failure('BadRequest', 'the query parameter "watch" must not be percent-encoded');
const uuid = (): string => crypto.randomUUID();
const now = (): number => Date.now();
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export class ClusterService {
  readonly sockets: SocketHub;
  readonly #ctx: DurableObjectState;
  readonly #book: ClusterBook;
  readonly #tokens: TokenOffice;
  readonly #machine: Machine;
  readonly #awakeSince = now();
  #alive = true;
  #inFlight = 0;
  /** Bytes of bodies that are being read or acted on. */
  #bodies = 0;
  #alarmChecked: Promise<void> | undefined;
  readonly #agents: AgentLink<ReturnType<DurableObjectState['getWebSockets']>[number]>;

  constructor(ctx: DurableObjectState, env: ObjectEnv, record: ClusterRecord) {
    this.#ctx = ctx;
    const sql = durableObjectSql(ctx.storage);
    this.#book = new ClusterBook(sql);
    this.#book.create(record);
    this.#tokens = new TokenOffice({
      cluster: record,
      book: this.#book,
      keys: () => signingKeys(env),
      now,
      uuid,
      close: (jti) => {
        this.sockets.closeToken(jti);
        // Streams are other objects' sockets, of which only the agents know what they serve.
        for (const node of this.#agents.nodes()) this.#agents.tell(node, { type: 'close-streams', holder: jti });
      },
    });
    this.#agents = new AgentLink(ctx);
    this.#machine = assemble({
      sql,
      now,
      random: Math.random,
      uuid,
      // Nothing of a cluster goes on after it was deleted.
      defer: (run, ms) => void setTimeout(() => this.#alive && run(), ms),
      inFlight: () => this.#inFlight,
      sealer: sealer(env, (problem) => console.error(`cluster ${record.name}: ${problem}`)),
      limits: clusterLimits(env),
      rootCA: env.ISLET_CA ?? '',
      build: controllersBuild(env),
      report: (about, error) => console.error(about, error),
      connections: this.#agents,
      nodeDeleted: (name) => this.#tokens.revokeNode(name),
      setAlarm: (due) => void (this.#alive && ctx.storage.setAlarm(due)),
    });
    this.sockets = new SocketHub({
      ctx,
      hub: this.#machine.hub,
      handle: (request) => this.#machine.handle(request),
      nodeConnected: (node) => {
        console.log(`cluster ${record.name}: node ${node} connected`);
        this.#agents.closeReplaced(node);
        this.#machine.nodes.opened(node);
      },
      nodeDisconnected: (node) => {
        if (!this.#agents.connected(node)) console.log(`cluster ${record.name}: node ${node} disconnected`);
        this.#machine.nodes.closed(node);
      },
      pause,
      isRevoked: (jti) => this.#book.isRevoked(jti),
      now,
      uuid,
    });
    this.#machine.wake();
  }

  initialise(simulatedNodes: number): Promise<void> {
    return this.#machine.initialise(simulatedNodes);
  }

  adminToken(): Promise<string> {
    return this.#tokens.admin();
  }

  async fetch(request: CfRequest, identity: Identity): Promise<CfResponse> {
    this.#alarmChecked ??= this.#checkAlarm();
    const size = bodySize(request);
    if (this.#bodies > 0 && this.#bodies + size > MOST_BODIES) return refuseBody(request);
    this.#inFlight++;
    this.#bodies += size;
    try {
      return await this.#answer(request, identity);
    } finally {
      this.#inFlight--;
      this.#bodies -= size;
    }
  }

  async #answer(request: CfRequest, identity: Identity): Promise<CfResponse> {
    if (this.#book.isRevoked(identity.jti)) return unauthorized();
    const target = targetOf(request.url);
    const isIslet = target.path.startsWith('/islet/');
    if (identity.use === 'join' && !isIslet) return unauthorized();
    const body = request.method === 'GET' ? undefined : await request.text();
    // A body may take as long as its sender likes.
    if (body !== undefined && this.#book.isRevoked(identity.jti)) return unauthorized();
    if (isIslet) return this.#islet(request, identity, target, body ?? '');
    const upgrade = request.headers.get('upgrade');
    const answer = await this.#machine.handle(apiRequest(request, target, identity, body));
    if (answer.type === 'response') return toResponse(answer, pause);
    // What stays open is closed when its token is taken back, unless that was while it was being opened.
    if (this.#book.isRevoked(identity.jti)) return unauthorized();
    if (answer.type === 'stream') return this.#introduce(request, identity, answer);
    if (upgrade === null) return statusResponse(ESCAPED_WATCH);
    return this.sockets.acceptWatch(identity, answer.watch);
  }

  async alarm(): Promise<void> {
    try {
      await this.#machine.alarm(now());
    } finally {
      await this.#setAlarm();
    }
  }

  async #setAlarm(): Promise<void> {
    const next = this.#machine.nextAlarm();
    if (next !== undefined) await this.#ctx.storage.setAlarm(Math.max(next, now()));
  }

  /** The runtime drops an alarm that failed too often, as when no instance could be made: whoever comes next sets it. */
  async #checkAlarm(): Promise<void> {
    if ((await this.#ctx.storage.getAlarm()) === null && this.#alive) await this.#setAlarm();
  }

  stop(): void {
    this.#alive = false;
    this.#machine.stop();
    this.sockets.closeAll('the cluster was deleted');
  }

  async #islet(request: CfRequest, identity: Identity, { path, query }: Target, text: string): Promise<CfResponse> {
    if (path === SOCKET_PATH && identity.use !== 'join')
      return this.sockets.acceptClient(identity, request.headers.get('sec-websocket-protocol'));
    const { status, body } = await answerIslet(
      {
        tokens: this.#tokens,
        isNodeReady: (name) => this.#machine.nodes.isReady(name),
        trace: (asked) => this.#machine.trace(asked),
        stats: () => ({ awakeSince: this.#awakeSince, ...this.#machine.stats() }),
      },
      identity,
      request.method,
      path,
      query,
      text,
    );
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return new Response(`${JSON.stringify(body)}\n`, { status, headers }) as unknown as CfResponse;
  }

  #introduce(request: CfRequest, { jti }: Identity, { stream }: ApiAnswer & { type: 'stream' }): CfResponse {
    const ask = {
      holder: jti,
      upgrade: request.headers.get('islet-upgrade') ?? undefined,
      protocols: request.headers.get('sec-websocket-protocol') ?? undefined,
    };
    const introduced = introduce(stream, ask, {
      connected: (node) => this.#agents.connected(node),
      tell: (node, message) => this.#agents.tell(node, message),
      simulated: (node) => this.#machine.nodes.isSimulated(node),
      secret: uuid,
    });
    if (!introduced.ok) return statusResponse(introduced.status as Parameters<typeof statusResponse>[0]);
    const headers = { [INTRODUCTION_HEADER]: JSON.stringify(introduced.introduction) };
    return new Response(null, { headers }) as unknown as CfResponse;
  }
}
