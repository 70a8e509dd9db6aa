import type { DeviceGrantRpc } from '../../../wire/device-rpc.ts';
import { type Callable, rpcOf } from '../../../wire/rpc-call.ts';
import type { Env } from '../../env.ts';

/** `name`: the digest of the user code. */
export function deviceGrantOf(env: Env, name: string): DeviceGrantRpc {
  return rpcOf<DeviceGrantRpc>(env.DEVICE_GRANT.getByName(name) as unknown as Callable);
}
