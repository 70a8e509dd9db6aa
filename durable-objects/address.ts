/** A client's address: counts visitors. Wiring only; the rules are in `tenancy/address.ts`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { AddressRpc } from '../wire/address-rpc.ts';
import { type Callable, dispatch, type Handlers } from '../wire/rpc-call.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { openAddress } from './tenancy/address.ts';
import { addressLimits, type ObjectEnv, visitorMs } from './wiring/env.ts';

export class Address extends DurableObject<ObjectEnv> implements Callable {
  readonly #handlers: Handlers<AddressRpc>;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    const sql = durableObjectSql(ctx.storage);
    this.#handlers = openAddress(sql, addressLimits(env), visitorMs(env), () => Date.now());
  }

  call(method: string, request: unknown): Promise<unknown> {
    return dispatch(this.#handlers, method, request);
  }
}
