/** `/islet/v1/accounts`: opening an account with the bootstrap secret. */
import { failure } from '../../../kube/machinery/status.ts';
import { isRandomName, RANDOM_NAME_PREFIX } from '../../../wire/account-names.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { isBootstrapSecret } from '../../auth/bootstrap.ts';
import { readJsonObject } from '../../body.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../../env.ts';
import { statusResponse, unauthorized } from '../../statuses.ts';
import { answer, badRequest, NO_OBJECT } from './route.ts';

export const NO_BOOTSTRAP =
  'this deployment has no bootstrap secret, so it creates no clusters: run `wrangler secret put ISLET_BOOTSTRAP_SECRET` with the SHA-256 (hex) of a secret of yours';

/** Opens an account with the bootstrap secret, and answers its first token: the one place where that secret is sent. */
export async function openAccount(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  if (!(await isBootstrapSecret(env, request.headers.get('authorization')))) return unauthorized();
  const body = await readJsonObject(request);
  if (!body) return badRequest(NO_OBJECT);
  const { account = 'default', reset = false } = body;
  if (typeof account !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(account)) {
    return badRequest('account must be a DNS label');
  }
  if (isRandomName(account))
    return badRequest(`account must not begin with ${RANDOM_NAME_PREFIX}: such names are random`);
  if (typeof reset !== 'boolean') return badRequest('reset must be true or false');
  return answer(await accountOf(env, account).open({ account, reset }), 201);
}
