/** An account: owns clusters by name, and issues its people's credentials. Wiring only; the rules are in `tenancy/`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { AccountRpc, ClusterRpc, NewCluster, Result } from '../wire/rpc.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { AccountClusters } from './tenancy/account-clusters.ts';
import { AccountCredentials } from './tenancy/account-credentials.ts';
import { AccountIssuer } from './tenancy/account-issuer.ts';
import { ClusterLifecycle } from './tenancy/cluster-lifecycle.ts';
import { newClusterId } from './tenancy/names.ts';
import { accountLimits, type ObjectEnv, signingKeys } from './wiring/env.ts';

type Request<M extends keyof AccountRpc> = Parameters<AccountRpc[M]>[0];

export class Account extends DurableObject<ObjectEnv> implements AccountRpc {
  readonly #clusters: ClusterLifecycle;
  readonly #issuer: AccountIssuer;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    const sql = durableObjectSql(ctx.storage);
    const cluster = (id: string): ClusterRpc => env.CLUSTER.getByName(id) as unknown as ClusterRpc;
    const now = (): number => Date.now();
    const newId = (): string => newClusterId((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
    const clusters = new AccountClusters(sql, accountLimits(env));
    this.#clusters = new ClusterLifecycle({ clusters, cluster, newId, now });
    this.#issuer = new AccountIssuer({
      credentials: new AccountCredentials(sql),
      owns: (id) => clusters.owns(id),
      cluster,
      keys: () => signingKeys(env),
      now,
      uuid: () => crypto.randomUUID(),
      setAlarm: (due) => void (due === undefined ? ctx.storage.deleteAlarm() : ctx.storage.setAlarm(due)),
    });
  }

  open({ account, reset }: Request<'open'>): Promise<Result<{ token: string }>> {
    return this.#issuer.open(account, reset);
  }

  async createCluster({ credential, account, name, ...spec }: Request<'createCluster'>) {
    return this.#as<NewCluster>(credential, () => this.#clusters.create(account, name, spec));
  }

  async listClusters({ credential }: Request<'listClusters'>) {
    return this.#as(credential, () => this.#clusters.list());
  }

  async deleteCluster({ credential, name }: Request<'deleteCluster'>) {
    return this.#as(credential, () => this.#clusters.delete(name));
  }

  async clusterToken({ credential, name }: Request<'clusterToken'>) {
    return this.#as(credential, () => this.#clusters.token(name));
  }

  async listCredentials({ credential }: Request<'listCredentials'>) {
    return this.#as(credential, () => this.#issuer.list());
  }

  async createToken({ credential, account, seconds }: Request<'createToken'>) {
    return this.#as(credential, () => this.#issuer.token(credential, account, seconds));
  }

  async revoke({ credential, id }: Request<'revoke'>) {
    return this.#as(credential, () => this.#issuer.revoke(id));
  }

  async admits({ credential, cluster }: Request<'admits'>) {
    return this.#issuer.admits(credential, cluster);
  }

  async mintCode({ credential, account }: Request<'mintCode'>) {
    return this.#as(credential, () => this.#issuer.code(credential, account));
  }

  redeemCode({ account, jti }: Request<'redeemCode'>) {
    return this.#issuer.redeem(account, jti);
  }

  /** The runtime drops an alarm that has thrown six times; this one is set again before it can fail. */
  async alarm(): Promise<void> {
    await this.#issuer.alarm().catch((error) => console.error('a cluster was not informed of revoked tokens', error));
  }

  /** Carries out a credential's request, while the credential counts. */
  #as<T>(credential: string, work: () => Result<T> | Promise<Result<T>>): Result<T> | Promise<Result<T>> {
    const refusal = this.#issuer.refuses(credential);
    return refusal ?? work();
  }
}
