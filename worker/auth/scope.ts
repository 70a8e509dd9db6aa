/** The routes of the management API that a token covers which is for less than its account. */
import type { TokenScope } from '../../wire/identity.ts';

/** `clusters`: also for a token that opens one cluster alone, which then sees no other. */
export type Reach = 'account' | 'clusters';

/** The words of a refusal, which say what the token may; undefined where it covers the route. */
export function beyondScope(
  { cluster, readOnly }: TokenScope,
  { method, reach }: { method: string; reach: Reach },
): string | undefined {
  const covers = cluster === undefined || reach === 'clusters';
  // A cluster's token that is asked for with such a token is that token itself.
  const reads = method === 'GET' || reach === 'clusters';
  if (covers && (!readOnly || reads)) return undefined;
  const looks = readOnly ? 'see' : 'use';
  const what = cluster === undefined ? "the account's clusters" : `the cluster ${cluster}`;
  return `this token may ${looks} ${what} and nothing else: ask with a token of the whole account, or on the dashboard`;
}
