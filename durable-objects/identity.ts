/** An identity of a person at a provider: leads to an account. Wiring only; the rules are in `tenancy/identity.ts`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { IdentityRpc } from '../wire/identity-rpc.ts';
import { type Callable, dispatch, type Handlers } from '../wire/rpc-call.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { openIdentity } from './tenancy/identity.ts';
import type { ObjectEnv } from './wiring/env.ts';

export class Identity extends DurableObject<ObjectEnv> implements Callable {
  readonly #handlers: Handlers<IdentityRpc>;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#handlers = openIdentity(durableObjectSql(ctx.storage), () => Date.now());
  }

  call(method: string, request: unknown): Promise<unknown> {
    return dispatch(this.#handlers, method, request);
  }
}
