/**
 * Strangers may name any account when they sign in. The object of one that there is not answers them without a table:
 * each would be storage without an owner.
 */
import type { AccountRpc } from '../../../wire/account-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import { refuse } from '../account-clusters.ts';
import { first, type Sql } from '../sql.ts';
import { refuseUnknown } from './passkey-handlers.ts';
import { WRONG_CODE } from './recovery-handlers.ts';

const ANSWERS: ReadonlyMap<string, () => Result<never>> = new Map<keyof AccountRpc, () => Result<never>>([
  ['signInWithPasskey', refuseUnknown],
  ['signInWithRecovery', () => refuse('Unauthorized', WRONG_CODE)],
]);

/** The answer to a stranger where there is no account; undefined for what the account is to answer. */
export function refuseStranger(sql: Sql, method: string): Result<never> | undefined {
  const refusal = ANSWERS.get(method);
  if (!refusal) return undefined;
  const isThere = first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'account'")) !== undefined;
  return isThere ? undefined : refusal();
}
