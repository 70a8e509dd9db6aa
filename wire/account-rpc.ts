/** The interface of account objects to the edge. Plain data only; `wire/rpc-call.ts` carries it. */
import type { DevicesRpc } from './device-rpc.ts';
import type { ForwardsRpc } from './forwards.ts';
import type { TokenScope } from './identity.ts';
import type { IdentitiesRpc } from './identity-rpc.ts';
import type { MovesRpc } from './moves-rpc.ts';
import type { ClusterSpec, ClusterSummary, DeletedCluster, NewCluster, Result } from './rpc.ts';
import type { UsageRpc } from './usage-rpc.ts';
import type { PasskeysRpc, RecoveryRpc } from './ways-in-rpc.ts';

/** The way in which a credential came to be: by a sign-in of a person, or out of another credential. */
export type SignInMethod = 'bootstrap' | 'token' | 'code' | 'visitor' | 'passkey' | 'oidc' | 'recovery' | 'device';

/** A token of an account, or the session of a dashboard, without the token itself. */
export interface AccountCredential {
  /** The token's `jti`. */
  id: string;
  kind: 'token' | 'session';
  /** RFC 3339. */
  created: string;
  expires: string;
  /** The id of the token that it was issued with, and ends with. */
  issuer?: string;
  by: SignInMethod;
  /** The name that a person gave it. */
  label?: string;
  /** Of a token that is for less than the account. */
  scope?: TokenScope;
  /** Of a session: the `User-Agent` of the browser. */
  agent?: string;
  /** RFC 3339, to the hour. */
  used?: string;
  /** It is the one that the list was asked for with. */
  current?: true;
}

/** A session that has begun: its token goes into the cookie of a browser. */
export interface NewSession {
  token: string;
  seconds: number;
}

/**
 * `visitor`: nothing but the session's cookie leads to the account, and it is deleted some days after its last use.
 * `person`: a passkey, an identity or a recovery code leads to it. `bootstrap`: opened with the bootstrap secret.
 */
export type AccountKind = 'visitor' | 'person' | 'bootstrap';

export interface Profile {
  account: string;
  kind: AccountKind;
  /** The name that the person chose; '' for none. */
  name: string;
  /** RFC 3339. */
  created: string;
  /** Of a visitor, RFC 3339: account and clusters are deleted then, if they are not used again. */
  ends?: string;
}

/** A session that has begun with an account, and the account's first cluster where one was asked for. */
export type Begun = NewSession & { cluster?: Result<NewCluster> };

/** `credential` is the `jti` of the verified token that asks: 401 when it counts no longer. */
export interface ClustersRpc {
  createCluster(
    request: { credential: string; account: string; name: string } & ClusterSpec,
  ): Promise<Result<NewCluster>>;
  /** Its own, by name, and then those that are shared with it. */
  listClusters(request: { credential: string }): Promise<Result<ClusterSummary[]>>;
  /**
   * Closes the cluster's sockets, and puts it away until a time at which it is destroyed; or, `atOnce`, destroys it. The
   * name is free then.
   */
  deleteCluster(request: {
    credential: string;
    name: string;
    atOnce?: boolean;
  }): Promise<Result<ClusterSummary & { until?: string }>>;
  deletedClusters(request: { credential: string }): Promise<Result<DeletedCluster[]>>;
  /** By its id or its name; `as` where another cluster has that name by now. */
  undeleteCluster(request: { credential: string; name: string; as?: string }): Promise<Result<ClusterSummary>>;
  /** A cluster of a file: `ClusterLifeRpc.importFrom`. */
  importCluster(request: {
    credential: string;
    account: string;
    name: string;
    file: ReadableStream<Uint8Array>;
  }): Promise<Result<NewCluster>>;
  /** A cluster named `as` with the state of `name` at a revision: now when none is named. */
  forkCluster(request: {
    credential: string;
    account: string;
    name: string;
    as: string;
    revision?: number;
  }): Promise<Result<NewCluster>>;
  /**
   * A fresh token for a kubeconfig: of the administrator, or of the member of a cluster that is shared, also by its id.
   * A credential that a session asks for ends with it, unless its person has just signed in.
   */
  clusterToken(request: { credential: string; account: string; name: string }): Promise<Result<NewCluster>>;
}

export interface CredentialsRpc {
  /**
   * The account's first token, for the holder of the bootstrap secret. An account is opened once; `reset` revokes all
   * its credentials instead, and begins anew.
   */
  open(request: { account: string; reset: boolean }): Promise<Result<{ token: string }>>;
  listCredentials(request: { credential: string }): Promise<Result<AccountCredential[]>>;
  /**
   * Issues a token for the account. It ends together with `credential`, unless that is the session of a person who has
   * just signed in. `cluster`: the name of the one cluster that it is for.
   */
  createToken(request: {
    credential: string;
    account: string;
    seconds: number;
    label?: string;
    cluster?: string;
    readOnly?: boolean;
  }): Promise<Result<{ token: string }>>;
  /** Revokes a credential and all that was issued with it, and ends what they opened in clusters. */
  revoke(request: { credential: string; id: string }): Promise<Result<AccountCredential>>;
  /** Whether the cluster is the account's, or shared with it, and the credential counts. */
  admits(request: { credential: string; cluster: string }): Promise<Admission>;
  /** A code that {@link AccountRpc.redeemCode} takes once, within minutes, for a dashboard session. */
  mintCode(request: { credential: string; account: string }): Promise<Result<{ code: string }>>;
  /** The session's token, or undefined when the code was used or has expired. `jti` is a verified code's id. */
  redeemCode(request: { account: string; jti: string; agent: string }): Promise<NewSession | undefined>;
}

/** Clusters of others that are shared with the account. */
export interface MembershipsRpc {
  /** `link` is a verified link: its id and its cluster. */
  acceptLink(request: {
    credential: string;
    account: string;
    link: { id: string; cluster: string };
  }): Promise<Result<ClusterSummary>>;
  /** Leaves a cluster of another account. */
  leaveCluster(request: { credential: string; account: string; cluster: string }): Promise<Result<ClusterSummary>>;
  /** From a cluster: the account is a member of it no longer. */
  membershipEnded(request: { cluster: string }): Promise<void>;
}

export interface PeopleRpc {
  /** Makes the account, and its first session. 409 when there is one of this name: names are random. */
  begin(request: {
    account: string;
    kind: 'visitor' | 'person';
    by: SignInMethod;
    agent: string;
    /** Of a visitor: the name of the object that counts those of their address. */
    address?: string;
    cluster?: { name: string } & ClusterSpec;
  }): Promise<Result<Begun>>;
  profile(request: { credential: string; account: string }): Promise<Result<Profile>>;
  rename(request: { credential: string; account: string; name: string }): Promise<Result<Profile>>;
}

export interface AccountRpc
  extends ClustersRpc,
    CredentialsRpc,
    MembershipsRpc,
    MovesRpc,
    UsageRpc,
    PeopleRpc,
    PasskeysRpc,
    RecoveryRpc,
    IdentitiesRpc,
    DevicesRpc,
    ForwardsRpc {}

/** `name`: of the account's person; '' for none. */
export type Admission = { name: string } | 'no such cluster' | 'revoked';
