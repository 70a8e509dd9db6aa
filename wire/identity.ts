/**
 * Token claims (design decision 11): compact ES256 JWTs of one service-wide key set. The Worker verifies the signature,
 * expiry, audience and cluster before the object wakes, then hands the object an {@link Identity} in a header that it
 * strips from clients. The object checks revocation and what the token is bound to.
 */
export interface Claims {
  iss: 'islet';
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
  /** The account that owns it. */
  account?: string;
  /**
   * `cluster`: API access. `join`: may only be traded for a node token. `account`: manages clusters, and administers
   * each of them. `code`: may only be traded, once, for a dashboard's `session`, which does the same from a cookie.
   */
  use: 'cluster' | 'join' | 'account' | 'code' | 'session';
  /** A node token speaks for this node only. */
  node?: string;
  /** Join tokens: SHA-256 of the CA certificate (DER, hex) that the server's chain must end in. Absent: the system's roots. */
  ca?: string;
}

/** What the Worker tells the object of a verified token: JSON in the header {@link IDENTITY_HEADER}. */
export interface Identity {
  user: string;
  groups: string[];
  jti: string;
  exp: number;
  use: Claims['use'];
  node?: string;
}

/** Whoever may do everything in a cluster: kubeconfigs, and the owning account. */
export const ADMINISTRATOR = { sub: 'islet:admin', groups: ['system:masters', 'system:authenticated'] } as const;

export const IDENTITY_HEADER = 'islet-identity';
