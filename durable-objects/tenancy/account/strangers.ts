/**
 * Strangers may name any account when they sign in. The object of one that there is not answers them without a table:
 * each would be storage that nobody owns.
 */
import type { AccountRpc } from '../../../wire/account-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import { refuse } from '../account-clusters.ts';
import { first, type Sql } from '../sql.ts';
import { UNKNOWN_PASSKEY } from './passkey-handlers.ts';
import { WRONG_CODE } from './recovery-handlers.ts';

const ANSWERS: ReadonlyMap<string, string> = new Map<keyof AccountRpc, string>([
  ['signInWithPasskey', UNKNOWN_PASSKEY],
  ['signInWithRecovery', WRONG_CODE],
]);

/** The answer to a stranger where there is no account; undefined for what the account is to answer. */
export function refuseStranger(sql: Sql, method: string): Result<never> | undefined {
  const message = ANSWERS.get(method);
  if (message === undefined) return undefined;
  const isThere = first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'account'")) !== undefined;
  return isThere ? undefined : refuse('Unauthorized', message);
}
