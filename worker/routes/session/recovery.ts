/** `POST /islet/v1/session/recovery`: signs in with a recovery code, whose text says which account it is of. */
import { failure } from '../../../kube/machinery/status.ts';
import { mayBeAccount } from '../../../wire/account-names.ts';
import { readRecoveryText } from '../../../wire/recovery-code.ts';
import { clientAddress } from '../../auth/address.ts';
import { Attempts } from '../../auth/attempts.ts';
import { accountOf } from '../../auth/authenticate.ts';
import type { EdgeResponse } from '../../env.ts';
import { statusResponse } from '../../statuses.ts';
import { answer, badRequest } from '../management/route.ts';
import { bringClusters } from './bring-clusters.ts';
import { signedIn, signInRoute } from './sign-in.ts';

const NO_CODE = 'this is no recovery code: it begins with the name of the account, and ends with four groups of four';
const MAX_TEXT = 200;
/** A code cannot be guessed; this is so that an address wakes few accounts. */
const trying = new Attempts(30, 10 * 60_000);

export const recovery = signInRoute(async ({ request, env, location, agent, body }) => {
  const { code: text } = body;
  if (typeof text !== 'string') return badRequest('code must be text');
  const read = text.length <= MAX_TEXT ? readRecoveryText(text) : undefined;
  if (!read || !mayBeAccount(read.account)) return statusResponse(failure('Unauthorized', NO_CODE));
  const wait = trying.take(clientAddress(request, env), Date.now());
  if (wait > 0) return tooMany(wait);
  const result = await accountOf(env, read.account).signInWithRecovery({ ...read, agent });
  if (result.ok) await bringClusters(request, env, location, read.account);
  return result.ok ? signedIn(location, result.value, { account: read.account }, true) : answer(result, 201);
});

function tooMany(wait: number): EdgeResponse {
  const message = `too many recovery codes were tried: try again in ${Math.ceil(wait / 60)} minutes`;
  const status = { ...failure('TooManyRequests', message), details: { retryAfterSeconds: wait } };
  return statusResponse(status, { 'Retry-After': String(wait) });
}
