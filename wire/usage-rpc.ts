/** The part of an account's interface that is about what its clusters use. */
import type { AccountKind } from './account-rpc.ts';
import type { ClusterMetering } from './metering.ts';
import type { Quota } from './quota.ts';
import type { Result } from './rpc.ts';

export interface ClusterUsage extends ClusterMetering {
  id: string;
  name: string;
}

export interface AccountUsage {
  kind: AccountKind;
  /** Its own, by name. Asking wakes each of them. */
  clusters: ClusterUsage[];
  /** Those that could not be asked now. */
  missing: string[];
  limits: Quota;
}

/** `credential`: as in `AccountRpc`. */
export interface UsageRpc {
  usage(request: { credential: string }): Promise<Result<AccountUsage>>;
}
