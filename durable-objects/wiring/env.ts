/** The bindings that objects use; the Worker's `Env` has them all. */
import type { DurableObjectNamespace, Fetcher } from '@cloudflare/workers-types';
import type { AccountKind, AccountRpc } from '../../wire/account-rpc.ts';
import type { AddressRpc } from '../../wire/address-rpc.ts';
import { NO_LIMITS, parseQuota, type Quota, tighter } from '../../wire/quota.ts';
import { type Callable, rpcOf } from '../../wire/rpc-call.ts';
import { type KeySet, keySetFrom } from '../../wire/tokens.ts';
import type { Limits } from '../apiserver/server.ts';
import type { Horizons } from '../store/compact.ts';
import { plainSealer, type Sealer } from '../store/sealer.ts';
import type { AccountLimits } from '../tenancy/account-clusters.ts';
import type { AddressLimits } from '../tenancy/address.ts';
import type { ClusterRecord } from '../tenancy/token-registry.ts';
import { PUBLIC_ROOTS } from './public-roots.ts';
import { reporting, sealerOf } from './sealing.ts';

export interface ObjectEnv {
  CLUSTER: DurableObjectNamespace;
  ACCOUNT: DurableObjectNamespace;
  STREAM_SESSION: DurableObjectNamespace;
  ADDRESS: DurableObjectNamespace;
  /** The local launcher, where the service runs on a machine of its user, and the secret that it takes calls with. */
  LAUNCHER?: Fetcher;
  ISLET_LAUNCHER_SECRET?: string;
  ISLET_SIGNING_KEY?: string;
  /** PEM of the roots that the service's certificate comes from: {@link rootCA}. */
  ISLET_CA?: string;
  /** Encrypts Secrets at rest: {@link sealerOf}. */
  ISLET_SEALING_KEY?: string;
  /** Cloudflare's id of the deployed version. */
  CF_VERSION_METADATA?: { id: string };
  /** Limits of an account: {@link accountLimits}. Whole numbers as text. */
  ISLET_MAX_CLUSTERS?: string;
  ISLET_CLUSTERS_PER_MINUTE?: string;
  /** Limits of accounts by their kind: {@link quotaOf}. */
  ISLET_QUOTA_VISITOR?: string;
  ISLET_QUOTA_PERSON?: string;
  ISLET_QUOTA_BOOTSTRAP?: string;
  /** Days that the account of a visitor lasts after its last use, also parts of one. */
  ISLET_VISITOR_DAYS?: string;
  /** Visitors from one address: {@link addressLimits}. */
  ISLET_VISITORS_PER_HOUR?: string;
  ISLET_VISITORS_AT_ONCE?: string;
  /** For how long a deleted cluster can be had back; 0 for not at all. */
  ISLET_UNDELETE_HOURS?: string;
  /** Requests of a cluster under way at once, as kube-apiserver's `--max-requests-inflight` and its sibling. */
  ISLET_MAX_REQUESTS_INFLIGHT?: string;
  ISLET_MAX_MUTATING_REQUESTS_INFLIGHT?: string;
  /** Bytes that a cluster may store, as etcd's `--quota-backend-bytes`; 0 is no limit. */
  ISLET_CLUSTER_STORAGE_BYTES?: string;
  /** How long a cluster's past is kept, and how large it may be, in bytes of texts: whichever ends first. */
  ISLET_HISTORY_DAYS?: string;
  ISLET_HISTORY_BYTES?: string;
}

const DAY = 24 * 3600 * 1000;
const MIB = 1024 ** 2;
/** Where the settings name no others. */
const QUOTAS: Readonly<Record<AccountKind, Quota>> = {
  visitor: {
    clusters: 3,
    objects: 5000,
    nodes: 100,
    bytes: 128 * MIB,
    watches: 200,
    requests: 100,
    streamMinutes: 120,
  },
  person: { clusters: 0, objects: 100_000, nodes: 1000, bytes: 0, watches: 2000, requests: 500, streamMinutes: 1440 },
  bootstrap: NO_LIMITS,
};
const VISITOR_DAYS = 3;
/** An object's storage holds ten times as much. */
const DEFAULT_STORAGE_BYTES = 1024 ** 3;

export function accountLimits(env: ObjectEnv): AccountLimits {
  return {
    clusters: wholeNumber(env.ISLET_MAX_CLUSTERS) ?? 100,
    clustersPerMinute: wholeNumber(env.ISLET_CLUSTERS_PER_MINUTE) ?? 120,
    undeleteHours: wholeNumber(env.ISLET_UNDELETE_HOURS) ?? 72,
  };
}

export function addressLimits(env: ObjectEnv): AddressLimits {
  return {
    visitorsPerHour: wholeNumber(env.ISLET_VISITORS_PER_HOUR) ?? 30,
    visitorsAtOnce: wholeNumber(env.ISLET_VISITORS_AT_ONCE) ?? 60,
  };
}

/** How long the account of a visitor lasts after its last use. Milliseconds. */
export function visitorMs({ ISLET_VISITOR_DAYS: days = '' }: ObjectEnv): number {
  return (/^\d{1,4}(\.\d{1,9})?$/.test(days) ? Number(days) : VISITOR_DAYS) * DAY;
}

export function clusterLimits(env: ObjectEnv): Partial<Limits> {
  const readsInFlight = wholeNumber(env.ISLET_MAX_REQUESTS_INFLIGHT);
  const writesInFlight = wholeNumber(env.ISLET_MAX_MUTATING_REQUESTS_INFLIGHT);
  return {
    ...(readsInFlight === undefined ? {} : { readsInFlight }),
    ...(writesInFlight === undefined ? {} : { writesInFlight }),
  };
}

/** The limits of accounts of this kind, and of their clusters: the general limits hold for all of them. */
export function quotaOf(env: ObjectEnv, kind: AccountKind = 'bootstrap'): Quota {
  const settings = {
    visitor: env.ISLET_QUOTA_VISITOR,
    person: env.ISLET_QUOTA_PERSON,
    bootstrap: env.ISLET_QUOTA_BOOTSTRAP,
  };
  const quota = parseQuota(settings[kind], QUOTAS[kind]);
  return {
    ...quota,
    clusters: tighter(quota.clusters, accountLimits(env).clusters),
    bytes: tighter(quota.bytes, wholeNumber(env.ISLET_CLUSTER_STORAGE_BYTES) ?? DEFAULT_STORAGE_BYTES),
  };
}

export function historyHorizons(env: Pick<ObjectEnv, 'ISLET_HISTORY_DAYS' | 'ISLET_HISTORY_BYTES'>): Partial<Horizons> {
  const days = wholeNumber(env.ISLET_HISTORY_DAYS);
  const historySize = wholeNumber(env.ISLET_HISTORY_BYTES);
  return {
    ...(days === undefined ? {} : { history: days * DAY }),
    ...(historySize === undefined ? {} : { historySize }),
  };
}

/** undefined for a malformed number: a slip in a setting must not take all limits away. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Put in by `scripts/build/service.ts`; `wrangler deploy` bundles without it. */
declare const ISLET_CONTROLLERS_BUILD: string | undefined;

/** Names the code that acts on a cluster's objects: another build looks at all of them anew. */
export function controllersBuild(env: ObjectEnv): string {
  if (typeof ISLET_CONTROLLERS_BUILD === 'string') return ISLET_CONTROLLERS_BUILD;
  return env.CF_VERSION_METADATA?.id ?? 'unbuilt';
}

/** PEM that clients inside a cluster trust the API by (`kube-root-ca.crt`). */
export function rootCA({ ISLET_CA }: Pick<ObjectEnv, 'ISLET_CA'>): string {
  return ISLET_CA ?? PUBLIC_ROOTS;
}

export function signingKeys(env: ObjectEnv): KeySet {
  if (!env.ISLET_SIGNING_KEY)
    throw new Error('this deployment has no signing key: run `wrangler secret put ISLET_SIGNING_KEY`');
  return keySetFrom(env.ISLET_SIGNING_KEY);
}

/**
 * Without a sealing key Secrets are stored as they are. `report` is called for the first that cannot be sealed or
 * opened.
 */
export function sealer(env: ObjectEnv, report: (problem: string) => void): Sealer {
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return reporting(env.ISLET_SEALING_KEY ? sealerOf(env.ISLET_SEALING_KEY, randomBytes) : plainSealer, report);
}

export function accountOf({ ACCOUNT }: ObjectEnv, account: string): AccountRpc {
  return rpcOf<AccountRpc>(ACCOUNT.getByName(account) as unknown as Callable);
}

export function addressOf({ ADDRESS }: ObjectEnv, name: string): AddressRpc {
  return rpcOf<AddressRpc>(ADDRESS.getByName(name) as unknown as Callable);
}

/** Whether the account has this token of its own, by its `jti`, and may see the cluster. */
export async function accountAdmits(
  env: ObjectEnv,
  { id }: ClusterRecord,
  account: string,
  credential: string,
): Promise<boolean> {
  return typeof (await accountOf(env, account).admits({ credential, cluster: id })) === 'object';
}

/** Calls of the local launcher; undefined where there is none. */
export function launcherOf(env: ObjectEnv): ((url: string, init: RequestInit) => Promise<Response>) | undefined {
  const { LAUNCHER, ISLET_LAUNCHER_SECRET } = env;
  if (!LAUNCHER || !ISLET_LAUNCHER_SECRET) return undefined;
  const headers = { authorization: `Bearer ${ISLET_LAUNCHER_SECRET}` };
  return (url, init) => LAUNCHER.fetch(url, { ...init, headers } as never) as unknown as Promise<Response>;
}
