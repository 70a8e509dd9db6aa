/** `POST /islet/v1/session/visitor`: an account of one's own without signing in, for as long as the browser is open. */
import { failure } from '../../../kube/machinery/status.ts';
import { newAccountName } from '../../../wire/account-names.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { statusResponse } from '../../statuses.ts';
import { answer } from '../management/route.ts';
import { takesVisitors } from './methods.ts';
import { signedIn, signInRoute } from './sign-in.ts';

const NO_VISITORS = 'this service is for people who sign in: ask its operator for a link or an account';

export const visitor = signInRoute(async ({ env, location, agent }) => {
  if (!takesVisitors(env)) return statusResponse(failure('Forbidden', NO_VISITORS));
  const account = newAccountName();
  const begun = await accountOf(env, account).begin({ account, kind: 'visitor', by: 'visitor', agent });
  return begun.ok ? signedIn(location, begun.value, { account }, false) : answer(begun, 201);
});
