/** The interface of the object of a client's address to the edge and to accounts: how many visitors come from there. */
import type { Result } from './rpc.ts';

export interface AddressRpc {
  /** Counts a visitor whose account is `account`; 429 when there are too many. */
  admit(request: { account: string }): Promise<Result<null>>;
  /** The visitor is one no longer, or never became one. */
  release(request: { account: string }): Promise<void>;
}
