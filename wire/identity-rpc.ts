/** Identities: people as an OpenID Connect provider knows them, and the objects that lead from them to accounts. */
import type { NewSession } from './account-rpc.ts';
import type { Result } from './rpc.ts';

/** A person at a provider. */
export interface NewIdentity {
  /** Base64url of the SHA-256 of issuer and subject: also the name of its object. */
  key: string;
  /** The provider's name in the configuration. */
  provider: string;
  issuer: string;
  subject: string;
  /** The name that the provider gives the person: an address, as a rule. */
  label: string;
}

/** An identity that leads to an account. */
export interface LinkedIdentity {
  id: string;
  provider: string;
  issuer: string;
  label: string;
  /** RFC 3339. */
  created: string;
  used?: string;
}

/** The part of an account's interface that is about identities. `credential`: as in `AccountRpc`. */
export interface IdentitiesRpc {
  listIdentities(request: { credential: string }): Promise<Result<LinkedIdentity[]>>;
  /** 403 when the person has to sign in again first. */
  mayLinkIdentity(request: { credential: string }): Promise<Result<null>>;
  /** A visitor's account becomes a person's, and gets a session that lasts: the answer has it. */
  linkIdentity(request: {
    credential: string;
    account: string;
    identity: NewIdentity;
    agent: string;
  }): Promise<Result<{ session?: NewSession }>>;
  /** 409 for the last way into the account. */
  removeIdentity(request: { credential: string; id: string }): Promise<Result<LinkedIdentity>>;
  /**
   * Signs in to the account that the identity's object names. `begins`: the account is made where there is none yet.
   * 404 where the account does not know the identity.
   */
  signInWithIdentity(request: {
    account: string;
    identity: NewIdentity;
    /** The person's name, for an account that begins. */
    name: string;
    agent: string;
    begins: boolean;
    /** The session that the person had here before: it ends, unless something was issued out of it. */
    replaces?: string;
  }): Promise<Result<NewSession>>;
}

/** The interface of the object of an identity, which is found by issuer and subject. */
export interface IdentityRpc {
  /**
   * The account that it leads to; `spent` when the sign-in was taken up before. `expires` in milliseconds since the
   * epoch.
   */
  find(request: { signIn: string; expires: number }): Promise<{ account?: string } | 'spent'>;
  /** Leads to the account from now on, unless it leads to one already. The account that it leads to. */
  claim(request: { account: string }): Promise<string>;
  /** Leads nowhere any more, where it led to this account. */
  release(request: { account: string }): Promise<void>;
}
