/** The bindings that objects use; the Worker's `Env` has them all. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
import { plainSealer, type Sealer } from '../store/sealer.ts';
import { sealerOf, telling } from './sealing.ts';

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

/** Without a sealing key Secrets are stored as they are. `tell` hears of the first that cannot be sealed or opened. */
export function sealer(env: ObjectEnv, tell: (problem: string) => void): Sealer {
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return telling(env.ISLET_SEALING_KEY ? sealerOf(env.ISLET_SEALING_KEY, randomBytes) : plainSealer, tell);
}
