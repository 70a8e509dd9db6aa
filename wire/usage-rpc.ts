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
  /** The clusters that could not be asked now. */
  missing: string[];
  limits: Quota;
  /** Seconds for which streams of its clusters were open today (UTC), of deleted ones too. */
  streamSeconds: number;
}

/** Of a cluster: time that is new. */
export interface StreamUse {
  /** `2026-11-28` */
  day: string;
  ms: number;
}

/** `credential`: as in `AccountRpc`. */
export interface UsageRpc {
  usage(request: { credential: string }): Promise<Result<AccountUsage>>;
  /** From a cluster of the account. The milliseconds that are left of today; absent where there is no limit. */
  streamed(request: StreamUse & { cluster: string }): Promise<{ left?: number }>;
}
