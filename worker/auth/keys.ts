/** The service's key set, read once per isolate and again when the secret changes. */

import { dashboardHost } from '../../wire/dashboard-host.ts';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
import type { Env } from '../env.ts';

let source: string | undefined;
let keys: KeySet | undefined;

/** Throws when the deployment has no signing key, or one that is none. */
export function keySet(env: Env): KeySet {
  if (!keys || source !== env.ISLET_SIGNING_KEY) {
    if (!env.ISLET_SIGNING_KEY) {
      throw new Error('this deployment has no signing key: run `wrangler secret put ISLET_SIGNING_KEY`');
    }
    source = env.ISLET_SIGNING_KEY;
    keys = keySetFrom(source);
  }
  return keys;
}

let local: string | undefined;
let localSource: string | undefined;

/** The host name of the dashboard where the service runs without TLS. */
export function localHost(env: Env): string {
  if (local === undefined || localSource !== env.ISLET_SIGNING_KEY) {
    localSource = env.ISLET_SIGNING_KEY;
    local = dashboardHost(env.ISLET_SIGNING_KEY ?? '{}');
  }
  return local;
}
