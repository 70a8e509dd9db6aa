/** An account: owns clusters by name, and signs what its people hold. Wiring only; the rules are in `tenancy/`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { AccountRpc, ClusterRpc, ClusterSummary, NewCluster, Result } from '../wire/rpc.ts';
import type { KeySet } from '../wire/tokens.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { AccountBook, CODE_SECONDS, noSuchCluster } from './tenancy/account-book.ts';
import { codeClaims, SESSION_SECONDS, sessionClaims } from './tenancy/claims.ts';
import { newClusterId } from './tenancy/names.ts';
import { accountLimits, type ObjectEnv, signingKeys } from './wiring/env.ts';

export class Account extends DurableObject<ObjectEnv> implements AccountRpc {
  readonly #book: AccountBook;
  readonly #keys: KeySet;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#book = new AccountBook(durableObjectSql(ctx.storage), accountLimits(env));
    this.#keys = signingKeys(env);
  }

  async createCluster({ account, name, simulatedNodes }: Parameters<AccountRpc['createCluster']>[0]) {
    const id = newClusterId((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
    const claimed = this.#book.claim(name, id, Date.now());
    if (!claimed.ok) return claimed;
    try {
      await this.#cluster(id).initialise({ id, name, account, simulatedNodes });
      return await this.#newToken(id, name);
    } catch (error) {
      this.#book.release(id);
      throw error;
    }
  }

  async listClusters(): Promise<ClusterSummary[]> {
    return this.#book.list();
  }

  async deleteCluster(name: string): Promise<Result<ClusterSummary>> {
    const cluster = this.#book.find(name);
    if (!cluster) return noSuchCluster(name);
    await this.#cluster(cluster.id).destroy();
    this.#book.release(cluster.id);
    return { ok: true, value: cluster };
  }

  async clusterToken(name: string): Promise<Result<NewCluster>> {
    const cluster = this.#book.find(name);
    return cluster ? this.#newToken(cluster.id, name) : noSuchCluster(name);
  }

  async owns(clusterId: string): Promise<boolean> {
    return this.#book.owns(clusterId);
  }

  async mintCode(account: string): Promise<string> {
    const { jti, now } = issue();
    this.#book.addCode(jti, now);
    return this.#sign(codeClaims(account, CODE_SECONDS, { jti, now }));
  }

  async redeemCode({ account, jti }: { account: string; jti: string }) {
    if (!this.#book.takeCode(jti, Date.now())) return undefined;
    return { token: await this.#sign(sessionClaims(account, issue())), seconds: SESSION_SECONDS };
  }

  async #newToken(id: string, name: string): Promise<Result<NewCluster>> {
    const token = await this.#cluster(id).adminToken();
    return token === undefined ? noSuchCluster(name) : { ok: true, value: { id, name, token } };
  }

  #cluster(id: string): ClusterRpc {
    return this.env.CLUSTER.getByName(id) as unknown as ClusterRpc;
  }

  #sign(claims: Parameters<KeySet['sign']>[0]): Promise<string> {
    return this.#keys.sign(claims);
  }
}

function issue(): { jti: string; now: number } {
  return { jti: crypto.randomUUID(), now: Date.now() };
}
