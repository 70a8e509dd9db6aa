/**
 * An account's parts put together, and its interface: one table of handlers, to which each part brings its own. Ports
 * are passed in, so that a whole account runs in a test.
 */
import type { AccountKind, AccountRpc } from '../../../wire/account-rpc.ts';
import type { AddressRpc } from '../../../wire/address-rpc.ts';
import type { ClusterLifeRpc } from '../../../wire/cluster-life-rpc.ts';
import type { Quota } from '../../../wire/quota.ts';
import type { ClusterRpc, Result } from '../../../wire/rpc.ts';
import { type Handlers, rpcOf } from '../../../wire/rpc-call.ts';
import type { KeySet } from '../../../wire/tokens.ts';
import { AccountClusters, type AccountLimits } from '../account-clusters.ts';
import { AccountCredentials, USE_NOTED_MS } from '../account-credentials.ts';
import { AccountIssuer } from '../account-issuer.ts';
import { ClusterLifecycle } from '../cluster-lifecycle.ts';
import { newClusterId } from '../names.ts';
import { PutAwayClusters } from '../put-away-clusters.ts';
import type { Sql } from '../sql.ts';
import { Alarms } from './alarms.ts';
import { Challenges } from './challenges.ts';
import { clusterHandlers } from './cluster-handlers.ts';
import { ClusterKinds } from './cluster-kinds.ts';
import { Copies } from './copies.ts';
import { credentialHandlers } from './credential-handlers.ts';
import { deviceHandlers } from './device-handlers.ts';
import { forwardHandlers } from './forward-handlers.ts';
import { HourlyLimit } from './hourly-limit.ts';
import { Identities } from './identities.ts';
import { identityHandlers } from './identity-handlers.ts';
import { membershipHandlers } from './membership-handlers.ts';
import { Memberships } from './memberships.ts';
import { moveHandlers } from './move-handlers.ts';
import { Moves } from './moves.ts';
import { passkeyHandlers } from './passkey-handlers.ts';
import { Passkeys } from './passkeys.ts';
import { People } from './people.ts';
import { peopleHandlers } from './people-handlers.ts';
import { Recovery } from './recovery.ts';
import { recoveryHandlers } from './recovery-handlers.ts';
import { AccountStreamUse } from './stream-use.ts';
import { Succession } from './succession.ts';
import { usageHandlers } from './usage-handlers.ts';
import { Visits } from './visits.ts';
import { WaysIn } from './ways-in.ts';

export interface AccountPorts {
  sql: Sql;
  limits: AccountLimits;
  cluster(id: string): ClusterRpc;
  address(name: string): AddressRpc;
  /** Another account. */
  account(name: string): AccountRpc;
  quotaOf(kind: AccountKind): Quota;
  /** How long an account of a visitor lasts after its last use. Milliseconds. */
  visitorMs: number;
  keys(): KeySet;
  /** Milliseconds since the epoch. */
  now(): number;
  random(bytes: number): Uint8Array;
  uuid(): string;
  /** Sets the object's alarm to then, or clears it. */
  setAlarm(due: number | undefined): void;
  /** Forgets everything: this account is not used after that. */
  wipe(): Promise<void>;
}

/** The parts that handlers are made of. */
export interface AccountParts {
  clusters: ClusterLifecycle;
  issuer: AccountIssuer;
  people: People;
  visits: Visits;
  memberships: Memberships;
  copies: Copies;
  succession: Succession;
  /** A kubeconfig of the cluster is about to be issued, which ends when the credential is revoked. */
  issues(credential: string, cluster: string): void;
  moves: Moves;
  /** The limits of the account, and of each of its clusters. */
  quota(): Quota;
  /** The rows of {@link clusters}. */
  owned: AccountClusters;
  /** Whether the cluster is the account's own. */
  owns(id: string): boolean;
  cluster(id: string): ClusterRpc;
  passkeys: Passkeys;
  recovery: Recovery;
  identities: Identities;
  /** Looks for codes of devices. */
  deviceLooks: HourlyLimit;
  challenges: Challenges;
  waysIn: WaysIn;
  alarms: Alarms;
  streamUse: AccountStreamUse;
  keys(): KeySet;
  now(): number;
  uuid(): string;
  /** Carries out a credential's request, while the credential counts. */
  as<T>(credential: string, work: () => Result<T> | Promise<Result<T>>): Result<T> | Promise<Result<T>>;
}

/** Within an hour: a person has few machines, and one who guesses has many tries ahead. */
const MAX_DEVICE_LOOKS = 30;
const INFORM_CLUSTERS = 'inform clusters of revoked tokens';

export interface OpenedAccount {
  handlers: Handlers<AccountRpc>;
  /** Throws when some of what is due failed: that is tried again. */
  alarm(): Promise<void>;
}

export function openAccount(ports: AccountPorts): OpenedAccount {
  const { sql, limits, cluster, account, address, visitorMs, quotaOf, keys, now, random, uuid, setAlarm, wipe } = ports;
  const alarms = new Alarms({ sql, now, setAlarm });
  const quota = () => quotaOf(people.kind);
  const owned = new AccountClusters(sql, {
    ...limits,
    get clusters() {
      return quota().clusters;
    },
  });
  const memberships = new Memberships(sql);
  const people = new People(sql, () => {
    visits.becamePerson();
    kinds.tell();
  });
  const credentials = new AccountCredentials(sql, Math.min(USE_NOTED_MS, visitorMs / 20));
  const issuer = new AccountIssuer({
    credentials,
    sees: (id) => owned.owns(id) || memberships.find(id) !== undefined,
    name: () => people.name,
    cluster,
    keys,
    now,
    uuid,
    setAlarm: (due) => alarms.set(INFORM_CLUSTERS, due),
  });
  alarms.on(INFORM_CLUSTERS, () => issuer.alarm());
  const passkeys = new Passkeys(sql);
  const recovery = new Recovery({ sql, now, random });
  const identities = new Identities(sql);
  const waysIn = new WaysIn({
    kind: () => people.kind,
    isFresh: (credential) => issuer.isFresh(credential),
    isJustOpened: (credential) => issuer.isJustOpened(credential),
    isSignIn: (credential) => issuer.isSignIn(credential),
  });
  waysIn.add({ count: () => passkeys.count, removeAll: () => passkeys.removeAll() });
  waysIn.add({ count: () => identities.count, removeAll: () => identities.removeAll() });
  // Codes are used up: no account rests on them alone.
  waysIn.add({ count: () => 0, removeAll: () => recovery.removeAll() });
  const putAway = new PutAwayClusters(sql);
  const issues = (credential: string, id: string): void => {
    const found = credentials.find(credential, now());
    if (found) credentials.reached(credential, id, found.expires);
  };
  const clusters = new ClusterLifecycle({
    clusters: owned,
    cluster,
    newId: () => newClusterId(random),
    now,
    putAway,
    undeleteHours: limits.undeleteHours,
    kind: () => people.kind,
    maxNodes: () => quota().nodes,
    issues,
  });
  const kinds = new ClusterKinds({ alarms, now, cluster, clusters: owned, kind: () => people.kind });
  const reachedWith = (id: string): string[] => credentials.reachedWith(id);
  const counts = (id: string): boolean => credentials.find(id, now()) !== undefined;
  const received = (): void => kinds.tell();
  const copies = new Copies(sql, (id) => owned.owns(id) || putAway.find(id, now()) !== undefined);
  const linkOf = (id: string): string | undefined => copies.linkOf(id);
  const moves = new Moves({
    sql,
    alarms,
    clusters: owned,
    cluster,
    account,
    reachedWith,
    linkOf,
    counts,
    received,
    now,
  });
  const succession = new Succession({ sql, alarms, memberships, putAway, cluster, account, now });
  const visits = new Visits({
    sql,
    alarms,
    now,
    graceMs: visitorMs,
    kind: () => people.kind,
    lastUse: () => credentials.lastUse,
    lastUseOfClusters: async () => {
      const asked = owned.list().map(({ id }) => rpcOf<ClusterLifeRpc>(cluster(id)).metering({}));
      return Math.max(0, ...(await Promise.all(asked)).map((each) => (each.ok ? each.value.lastAsked : 0)));
    },
    address,
    account: {
      close: () => credentials.revokeAll(),
      destroyClusters: async () => {
        await moves.finishAll();
        await succession.finish();
        await clusters.destroyAll();
      },
      leaveClusters: async (account) => {
        for (const { id } of memberships.list()) await cluster(id).leave({ account });
      },
    },
  });
  const parts: AccountParts = {
    clusters,
    visits,
    moves,
    owned,
    quota,
    issuer,
    people,
    memberships,
    copies,
    succession,
    issues,
    owns: (id) => owned.owns(id),
    cluster,
    passkeys,
    recovery,
    identities,
    deviceLooks: new HourlyLimit({ sql, now, table: 'device_looks', most: MAX_DEVICE_LOOKS }),
    challenges: new Challenges(sql),
    waysIn,
    alarms,
    streamUse: new AccountStreamUse(sql, now),
    keys,
    now,
    uuid,
    as: (credential, work) => issuer.refuses(credential) ?? work(),
  };
  const handlers = {
    ...clusterHandlers(parts),
    ...credentialHandlers(parts),
    ...membershipHandlers(parts),
    ...moveHandlers(parts),
    ...usageHandlers(parts),
    ...peopleHandlers(parts),
    ...passkeyHandlers(parts),
    ...recoveryHandlers(parts),
    ...identityHandlers(parts),
    ...deviceHandlers(parts),
    ...forwardHandlers(parts),
  };
  return {
    handlers,
    async alarm() {
      await alarms.run();
      if (visits.isOver) await wipe();
    },
  };
}
