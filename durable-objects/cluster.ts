/** One Kubernetes cluster in one object. Wiring only: the packages beside act, put together in `wiring/`. */
import { DurableObject } from 'cloudflare:workers';
import type {
  Request as CfRequest,
  Response as CfResponse,
  DurableObjectState,
  WebSocket,
} from '@cloudflare/workers-types';
import { CLAIMS_HEADER, type Claims } from '../wire/identity.ts';
import type { ClusterRpc, Origin, Result } from '../wire/rpc.ts';
import { dispatch } from '../wire/rpc-call.ts';
import { refuse } from './tenancy/account-clusters.ts';
import { NO_LINK } from './tenancy/sharing/sharing.ts';
import type { ClusterRecord } from './tenancy/token-registry.ts';
import { ClusterLife } from './wiring/cluster-life.ts';
import { ClusterService } from './wiring/cluster-service.ts';
import type { ObjectEnv } from './wiring/env.ts';
import { ParsedOnce } from './wiring/http/parsed-once.ts';
import { noCluster, unauthorized } from './wiring/http/responses.ts';

export class Cluster extends DurableObject<ObjectEnv> implements ClusterRpc {
  /** undefined where the storage is no cluster, or none that is served: nothing is written there. */
  #service: ClusterService | undefined;
  readonly #life: ClusterLife;
  readonly #claims = new ParsedOnce<Claims>(MAX_CLAIMS);

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#life = new ClusterLife({
      ctx,
      env,
      running: () => this.#service,
      open: (record) => this.#open(record),
      close: (comesBack) => this.#close(comesBack),
    });
    const record = this.#life.served();
    if (record) this.#open(record);
  }

  async initialise({ simulatedNodes, ...record }: Parameters<ClusterRpc['initialise']>[0]): Promise<void> {
    await this.#life.forgetHalfCopy();
    const service = this.#service ?? this.#open(record);
    await service.initialise(simulatedNodes);
  }

  /** {@link ClusterLifeRpc} */
  call(method: string, request: unknown): Promise<unknown> {
    return dispatch(this.#life.handlers, method, request);
  }

  async adminToken({ seconds, by }: Parameters<ClusterRpc['adminToken']>[0] = {}) {
    return this.#service?.access.adminToken(seconds, by);
  }

  async refuseTokens(tokens: { id: string; expires: number }[]): Promise<void> {
    this.#access?.refuseTokens(tokens);
  }

  async offerLink({ link }: Parameters<ClusterRpc['offerLink']>[0]) {
    return this.#service?.access.sharing.offer(link) ?? goneLink();
  }

  async acceptLink({ link, account, name }: Parameters<ClusterRpc['acceptLink']>[0]) {
    return this.#service?.access.sharing.accept(link, account, name) ?? goneLink();
  }

  async setOrigin(origin: Origin): Promise<void> {
    this.#service?.access.sharing.setOrigin(origin);
  }

  async reportProgress({ link, ...progress }: Parameters<ClusterRpc['reportProgress']>[0]): Promise<void> {
    this.#service?.access.sharing.report(link, progress);
  }

  async leave({ account }: { account: string }): Promise<void> {
    this.#service?.access.sharing.removeMember(account, false);
  }

  async memberToken({ account, seconds, by }: Parameters<ClusterRpc['memberToken']>[0]) {
    return (await this.#service?.access.memberToken(account, seconds, by)) ?? goneLink();
  }

  async succeed({ from, to }: Parameters<ClusterRpc['succeed']>[0]) {
    return this.#service?.access.sharing.succeed(from, to);
  }

  async copyMoved({ link, from, to }: Parameters<ClusterRpc['copyMoved']>[0]): Promise<void> {
    this.#service?.access.sharing.copyMoved(link, from, to);
  }

  async moveTo(request: Parameters<ClusterRpc['moveTo']>[0]) {
    return this.#access?.moveTo(request) ?? 'gone';
  }

  destroy(): Promise<void> {
    return this.#life.destroy();
  }

  async fetch(request: CfRequest): Promise<CfResponse> {
    if (!this.#service) return noCluster(!this.#life.isPutAway);
    const claims = this.#claimsOf(request);
    return claims ? this.#service.fetch(request, claims) : unauthorized();
  }

  async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const service = this.#service;
    const end = service?.meter.begin('message');
    try {
      await service?.hub.message(socket, message);
    } finally {
      end?.();
    }
  }

  webSocketClose(socket: WebSocket): void {
    this.#service?.hub.closed(socket);
  }

  webSocketError(socket: WebSocket): void {
    this.#service?.hub.closed(socket);
  }

  async alarm(): Promise<void> {
    await (this.#service ?? this.#life).alarm();
  }

  /** Also of a cluster that can be had back. */
  get #access() {
    return this.#service?.access ?? this.#life.accessPutAway;
  }

  #close(comesBack: boolean): void {
    this.#service?.stop(comesBack);
    this.#service = undefined;
  }

  #open(record: ClusterRecord): ClusterService {
    const service = new ClusterService(this.ctx, this.env, record);
    this.#service = service;
    return service;
  }

  /** The Worker prints the claims of a token once, so their text says whether they were parsed before. */
  #claimsOf(request: CfRequest): Claims | undefined {
    const text = request.headers.get(CLAIMS_HEADER);
    return text === null ? undefined : this.#claims.read(text);
  }
}

const MAX_CLAIMS = 1000;

function goneLink(): Result<never> {
  return refuse('NotFound', NO_LINK);
}
