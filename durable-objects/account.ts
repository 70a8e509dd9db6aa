/** An account: owns clusters by name, and issues its people's credentials. Wiring only; the rules are in `tenancy/`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { ClusterRpc } from '../wire/rpc.ts';
import { type Callable, dispatch } from '../wire/rpc-call.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { type OpenedAccount, openAccount } from './tenancy/account/account.ts';
import { accountLimits, type ObjectEnv, signingKeys } from './wiring/env.ts';

export class Account extends DurableObject<ObjectEnv> implements Callable {
  readonly #account: OpenedAccount;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#account = openAccount({
      sql: durableObjectSql(ctx.storage),
      limits: accountLimits(env),
      cluster: (id) => env.CLUSTER.getByName(id) as unknown as ClusterRpc,
      keys: () => signingKeys(env),
      now: () => Date.now(),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      uuid: () => crypto.randomUUID(),
      setAlarm: (due) => void (due === undefined ? ctx.storage.deleteAlarm() : ctx.storage.setAlarm(due)),
    });
  }

  call(method: string, request: unknown): Promise<unknown> {
    return dispatch(this.#account.handlers, method, request);
  }

  async alarm(): Promise<void> {
    await this.#account.alarm().catch((error) => console.error('an account will try again', error));
  }
}
