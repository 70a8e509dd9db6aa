/** The part of an account's interface that is about ways of signing in: passkeys (WebAuthn) and recovery codes. */
import type { NewSession } from './account-rpc.ts';
import type { Result } from './rpc.ts';

/** The answer of a browser's authenticator, with its question. The edge has verified the challenge's token. */
export interface Ceremony {
  /** The challenge's id. */
  challenge: string;
  /** Seconds since the epoch at which the challenge ends. */
  expires: number;
  /** Of the page that may have asked, and its host without the port. */
  origin: string;
  rpId: string;
  /** `PublicKeyCredential.toJSON()`, unchecked. */
  response: unknown;
}

/** The reason, in the details of a 401, for a passkey that leads to no account any more. */
export const UNKNOWN_PASSKEY = 'UnknownPasskey';

/** A passkey without its key. */
export interface Passkey {
  id: string;
  label: string;
  /** RFC 3339. */
  created: string;
  /** RFC 3339; absent before it was first used. */
  used?: string;
  /** Whether it is kept by a provider too, so that the loss of a device does not lose it. */
  backedUp: boolean;
}

/** The person that a passkey is made for, and the passkeys that there are: an authenticator makes no second one. */
export interface PasskeyUser {
  name: string;
  passkeys: { id: string; transports: string[] }[];
}

/** `credential`: as in `AccountRpc`. */
export interface PasskeysRpc {
  /** 403 when the person has to sign in again first. */
  passkeyUser(request: { credential: string; account: string }): Promise<Result<PasskeyUser>>;
  /** A visitor's account becomes a person's. */
  addPasskey(request: Ceremony & { credential: string; label: string }): Promise<Result<Passkey>>;
  /** Makes the account, its first passkey and its first session. `name`: the person's. */
  beginWithPasskey(
    request: Ceremony & { account: string; label: string; name: string; agent: string },
  ): Promise<Result<NewSession>>;
  signInWithPasskey(request: Ceremony & { account: string; agent: string }): Promise<Result<NewSession>>;
  listPasskeys(request: { credential: string }): Promise<Result<Passkey[]>>;
  renamePasskey(request: { credential: string; id: string; label: string }): Promise<Result<Passkey>>;
  /** 409 for the last way into the account. */
  removePasskey(request: { credential: string; id: string }): Promise<Result<Passkey>>;
}

export interface RecoveryCodes {
  /** Codes that were not used yet. */
  left: number;
  /** RFC 3339; absent where there never were any. */
  created?: string;
}

export interface RecoveryRpc {
  recoveryCodes(request: { credential: string }): Promise<Result<RecoveryCodes>>;
  /** New codes, in place of all that there were. They are told this once. */
  newRecoveryCodes(request: { credential: string; account: string }): Promise<Result<{ codes: string[] }>>;
  signInWithRecovery(request: { account: string; code: string; agent: string }): Promise<Result<NewSession>>;
}
