/** The bindings that objects use; the Worker's `Env` has them all. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';

export interface ObjectEnv {
  CLUSTER: DurableObjectNamespace;
  ISLET_SIGNING_KEY?: string;
  /** PEM of the CA that the service's certificate comes from, where it is not a public one. */
  ISLET_CA?: string;
}

export function signingKeys(env: ObjectEnv): KeySet {
  if (!env.ISLET_SIGNING_KEY)
    throw new Error('this deployment has no signing key: run `wrangler secret put ISLET_SIGNING_KEY`');
  return keySetFrom(env.ISLET_SIGNING_KEY);
}
