/**
 * Token claims: compact ES256 JWTs of one service-wide key set. The Worker verifies signature,
 * expiry and audience before an object wakes, and hands the object the claims in a header that it strips from clients.
 * The object makes the final user of them (`durable-objects/apiserver/authn/`).
 */
import type { ForwardTarget } from './forwards.ts';

export interface Claims {
  /** `islet`; in a service account's token the cluster's URL at the time, or `kubernetes/serviceaccount`. */
  iss: string;
  /** User name: `system:node:worker-1`, `islet:admin`, … */
  sub: string;
  /** Seconds since the epoch. */
  iat: number;
  exp: number;
  /** Token id, for revocation and use counting. */
  jti: string;
  groups: string[];
  /** The cluster it is for; absent in account tokens. */
  cluster?: string;
  /** The account that owns it; of a member's token, the member's. */
  account?: string;
  /** A kubeconfig of a member: its rights are those of the member's role at the time. */
  member?: true;
  /** The name that the account's person chose. The edge puts it in; a token has none. */
  name?: string;
  use: TokenUse;
  /** A token of an account that is for less than the account. */
  scope?: TokenScope;
  /** Of a sign-in that is under way at a provider. */
  signIn?: PendingSignIn;
  /** A node token speaks for this node only. */
  node?: string;
  /**
   * Join tokens: SHA-256 of the CA certificate (DER, hex) that the server's chain must end in. Absent: the system's
   * roots.
   */
  ca?: string;
  /** A service account's token says whose it is, and with what it ends. */
  serviceAccount?: AccountBinding;
  /** Of a challenge: what its answer is for. */
  purpose?: string;
}

/** The part of an account that a token is for. What is left out is not narrowed down. */
export interface TokenScope {
  /** The id of the one cluster that it opens. */
  cluster?: string;
  /** It sees what a member of the role `view` sees, and changes nothing. */
  readOnly?: true;
  /** Of a forward, and of its ticket: the port that it opens. */
  forward?: ForwardTarget;
}

/** A sign-in that a browser was sent to a provider for: it is in that browser's cookie until the browser comes back. */
export interface PendingSignIn {
  provider: string;
  nonce: string;
  /** PKCE's (RFC 7636). */
  verifier: string;
  /** The path of this service that the browser goes on to. */
  return: string;
  /**
   * `link`: the identity is to lead to the account of the session. `again`: it leads there, and the person is to show
   * that they are still the same.
   */
  purpose: 'sign-in' | 'link' | 'again';
  /** The browser's session when it left. */
  session?: { account: string; credential: string };
}

/** The account of a service account's token, and the object that the token is bound to (upstream's private claims). */
export interface AccountBinding {
  /** Empty in a legacy token, which is for the API alone. */
  audiences: string[];
  namespace: string;
  account: BoundObject;
  pod?: BoundObject;
  /** With a pod, the pod's node, which the token is not bound to. */
  node?: BoundObject;
  secret?: BoundObject;
  /** The signature of a token that is kept in a Secret: it must be that of the Secret's copy. */
  legacySignature?: string;
}

export interface BoundObject {
  name: string;
  /** '' for the node of a pod where there was no Node object, and for the Secret of a legacy token. */
  uid: string;
}

/**
 * `cluster`: API access. `join`: may only be traded for a node token. `account`: manages clusters, and administers
 * each of them. `code`: may only be traded, once, for a dashboard's `session`, which administers the clusters from a
 * cookie. `stream`: a node's ticket for one stream session. `service-account`: API access of a service account.
 * `challenge`: what an authenticator signs, once. `link`: may only be traded for membership of its cluster.
 * `offer`: may only be taken, once, by the account that the cluster is to be of. `oidc`: a sign-in that is under way at a provider.
 * `forward-ticket`: may only be traded, once, for a `forward`, which opens one port of a pod or Service from a cookie.
 */
export type TokenUse =
  | 'cluster'
  | 'join'
  | 'account'
  | 'code'
  | 'session'
  | 'stream'
  | 'service-account'
  | 'challenge'
  | 'link'
  | 'offer'
  | 'oidc'
  | 'forward-ticket'
  | 'forward';

/** Beneath a cluster: trades a join token for a node's, and a node's token for a fresh one. */
export const JOIN_PATH = '/islet/v1/join';
export const RENEW_PATH = '/islet/v1/renew';

/**
 * The group of kubeconfigs, bound to `cluster-admin` by a ClusterRoleBinding of its name, as kubeadm binds
 * `kubeadm:cluster-admins`. The owning account is in `system:masters` besides, which no rule restricts.
 */
export const CLUSTER_ADMINS = 'islet:cluster-admins';
export const ADMINISTRATOR = { sub: 'islet:admin', groups: [CLUSTER_ADMINS, 'system:authenticated'] } as const;

/** From the Worker to an object: the verified {@link Claims} as JSON. */
export const CLAIMS_HEADER = 'islet-claims';

/**
 * From the Worker to an object: the client's headers that the object reads, by name, as JSON in ASCII. One header is
 * handed on and read sooner than a dozen, and most requests of a client have the same.
 */
export const FORWARDED_HEADER = 'islet-forwarded';

/** Among the forwarded headers, where tokens are issued or reviewed: the cluster's issuer URL ({@link issuerOf}). */
export const ISSUER_HEADER = 'islet-issuer';

/** From an object to the Worker, on an answer that refuses a token for good: {@link Refusal}. */
export const REFUSAL_HEADER = 'islet-refusal';

/** The reason why a well-signed token will never count again. */
export type Refusal = 'revoked' | 'cluster-deleted';

/** The message of the answer for a cluster that is gone. Ids are never used again, so it is gone for good. */
export const NO_CLUSTER = 'this cluster does not exist, or was deleted';
