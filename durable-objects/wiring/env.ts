/** The bindings that objects use; the Worker's `Env` has them all. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
import type { Sealer } from '../store/sealer.ts';
import { sealerOf } from './sealing.ts';

export interface ObjectEnv {
  CLUSTER: DurableObjectNamespace;
  ISLET_SIGNING_KEY?: string;
  /** PEM of the CA that the service's certificate comes from, where it is not a public one. */
  ISLET_CA?: string;
  /** Encrypts Secrets at rest: {@link sealerOf}. */
  ISLET_SEALING_KEY?: string;
}

export function signingKeys(env: ObjectEnv): KeySet {
  if (!env.ISLET_SIGNING_KEY)
    throw new Error('this deployment has no signing key: run `wrangler secret put ISLET_SIGNING_KEY`');
  return keySetFrom(env.ISLET_SIGNING_KEY);
}

/** undefined without a sealing key: Secrets are then stored as they are. */
export function sealer(env: ObjectEnv): Sealer | undefined {
  if (!env.ISLET_SEALING_KEY) return undefined;
  return sealerOf(env.ISLET_SEALING_KEY, (length) => crypto.getRandomValues(new Uint8Array(length)));
}
