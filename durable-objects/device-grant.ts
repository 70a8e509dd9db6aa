/** A request of the device flow. Wiring only; the rules are in `tenancy/device-grant.ts`. */
import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { DeviceGrantRpc } from '../wire/device-rpc.ts';
import { type Callable, dispatch, type Handlers } from '../wire/rpc-call.ts';
import { durableObjectSql } from './store/sql/durable-object.ts';
import { openDeviceGrant } from './tenancy/device-grant.ts';
import type { ObjectEnv } from './wiring/env.ts';

export class DeviceGrant extends DurableObject<ObjectEnv> implements Callable {
  readonly #handlers: Handlers<DeviceGrantRpc>;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    const sql = durableObjectSql(ctx.storage);
    this.#handlers = openDeviceGrant({
      sql,
      now: () => Date.now(),
      setAlarm: (due) => void ctx.storage.setAlarm(due),
      removeAll: () => void sql.run('DROP TABLE IF EXISTS device'),
    });
  }

  call(method: string, request: unknown): Promise<unknown> {
    return dispatch(this.#handlers, method, request);
  }

  /** Nothing is left of it after its time. */
  async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
