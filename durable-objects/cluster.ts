/** One Kubernetes cluster in one object. Wiring only: what acts is in the packages beside, put together in `wiring/`. */
import { DurableObject } from 'cloudflare:workers';
import type {
  Request as CfRequest,
  Response as CfResponse,
  DurableObjectState,
  WebSocket,
} from '@cloudflare/workers-types';
import { IDENTITY_HEADER, type Identity } from '../wire/identity.ts';
import type { ClusterRpc } from '../wire/rpc.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { ClusterBook, type ClusterRecord } from './tenancy/cluster-book.ts';
import { ClusterService } from './wiring/cluster-service.ts';
import type { ObjectEnv } from './wiring/env.ts';
import { noCluster, unauthorized } from './wiring/responses.ts';

export class Cluster extends DurableObject<ObjectEnv> implements ClusterRpc {
  /** undefined in storage that is no cluster, or is one no longer: nothing is written there. */
  #service: ClusterService | undefined;
  readonly #identities = new Map<string, Identity>();

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    const sql = durableObjectSql(ctx.storage);
    const record = ClusterBook.exists(sql) ? new ClusterBook(sql).record() : undefined;
    if (record) this.#open(record);
  }

  async initialise({ simulatedNodes, ...record }: Parameters<ClusterRpc['initialise']>[0]): Promise<void> {
    if (this.#service) return;
    const service = this.#open(record);
    await service.initialise(simulatedNodes);
  }

  async adminToken(): Promise<string | undefined> {
    return this.#service?.adminToken();
  }

  async destroy(): Promise<void> {
    this.#service?.stop();
    this.#service = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  async fetch(request: CfRequest): Promise<CfResponse> {
    if (!this.#service) return noCluster();
    const identity = this.#identityOf(request);
    return identity ? this.#service.fetch(request, identity) : unauthorized();
  }

  async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.#service?.sockets.message(socket, message);
  }

  webSocketClose(socket: WebSocket): void {
    this.#service?.sockets.closed(socket);
  }

  webSocketError(socket: WebSocket): void {
    this.#service?.sockets.closed(socket);
  }

  async alarm(): Promise<void> {
    await this.#service?.alarm();
  }

  #open(record: ClusterRecord): ClusterService {
    const service = new ClusterService(this.ctx, this.env, record);
    this.#service = service;
    return service;
  }

  /** The Worker prints an identity once per token, so its text says whether it was parsed before. */
  #identityOf(request: CfRequest): Identity | undefined {
    const text = request.headers.get(IDENTITY_HEADER);
    if (text === null) return undefined;
    let identity = this.#identities.get(text);
    if (!identity) {
      identity = JSON.parse(text) as Identity;
      if (this.#identities.size >= 1000) this.#identities.clear();
      this.#identities.set(text, identity);
    }
    return identity;
  }
}
