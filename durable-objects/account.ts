/** An account: owns clusters by name, and issues its people's credentials. Wiring only; the rules are in `tenancy/`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { ClusterRpc } from '../wire/rpc.ts';
import { type Callable, dispatch } from '../wire/rpc-call.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { type AccountPorts, type OpenedAccount, openAccount } from './tenancy/account/account.ts';
import { refuseStranger } from './tenancy/account/strangers.ts';
import { accountLimits, accountOf, addressOf, type ObjectEnv, quotaOf, signingKeys, visitorMs } from './wiring/env.ts';

export class Account extends DurableObject<ObjectEnv> implements Callable {
  readonly #ports: AccountPorts;
  #opened: OpenedAccount | undefined;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#ports = {
      sql: durableObjectSql(ctx.storage),
      limits: accountLimits(env),
      cluster: (id) => env.CLUSTER.getByName(id) as unknown as ClusterRpc,
      account: (name) => accountOf(env, name),
      address: (name) => addressOf(env, name),
      quotaOf: (kind) => quotaOf(env, kind),
      visitorMs: visitorMs(env),
      keys: () => signingKeys(env),
      now: () => Date.now(),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      uuid: () => crypto.randomUUID(),
      setAlarm: (due) => void (due === undefined ? ctx.storage.deleteAlarm() : ctx.storage.setAlarm(due)),
      wipe: async () => {
        this.#opened = undefined;
        await ctx.storage.deleteAlarm();
        await ctx.storage.deleteAll();
      },
    };
  }

  call(method: string, request: unknown): Promise<unknown> {
    const refused = this.#opened ? undefined : refuseStranger(this.#ports.sql, method);
    return refused ? Promise.resolve(refused) : dispatch(this.#account.handlers, method, request);
  }

  async alarm(): Promise<void> {
    await this.#account.alarm().catch((error) => console.error('an account will try again', error));
  }

  /** Opened by the first call that it is to answer: that makes its tables. */
  get #account(): OpenedAccount {
    this.#opened ??= openAccount(this.#ports);
    return this.#opened;
  }
}
