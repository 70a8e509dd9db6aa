/**
 * `POST /islet/v1/session/visitor`: an account of one's own without signing in, for as long as the browser is open.
 * `cluster`, as in `POST /islet/v1/clusters`, makes its first cluster with it.
 */
import { failure } from '../../../kube/machinery/status.ts';
import { newAccountName } from '../../../wire/account-names.ts';
import { addressName, counterOf } from '../../auth/address.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { statusResponse } from '../../statuses.ts';
import { newClusterIn } from '../management/clusters.ts';
import { answer, badRequest } from '../management/route.ts';
import { takesVisitors } from './methods.ts';
import { signedIn, signInRoute } from './sign-in.ts';

const NO_VISITORS = 'this service is for people who sign in: ask its operator for a link or an account';
/** The name of a visitor's cluster that was given none. */
const FIRST = 'first';

export const visitor = signInRoute(async ({ request, env, location, body, agent }) => {
  if (!takesVisitors(env)) return statusResponse(failure('Forbidden', NO_VISITORS));
  const { cluster: wanted } = body;
  if (wanted !== undefined && (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))) {
    return badRequest('cluster must be an object');
  }
  const asked = wanted === undefined ? undefined : newClusterIn(env, { name: FIRST, ...wanted });
  if (asked && 'headers' in asked) return asked;
  const account = newAccountName();
  const address = await addressName(request, env);
  const counter = counterOf(env, address);
  const admitted = await counter.admit({ account });
  if (!admitted.ok) return answer(admitted, 201);
  const who = { account, kind: 'visitor', by: 'visitor', agent, address } as const;
  const begun = await accountOf(env, account).begin(asked ? { ...who, cluster: asked } : who);
  if (!begun.ok) {
    await counter.release({ account });
    return answer(begun, 201);
  }
  const { cluster, ...session } = begun.value;
  // The account is there without its cluster, too: the page can ask for it again.
  const made = cluster && (cluster.ok ? { cluster: cluster.value } : { problem: cluster.status });
  return signedIn(location, session, { account, ...made }, false);
});
