/** `/islet/v1/session/passkey`: signing in with a passkey. Its user handle is the account's name. */
import { failure } from '../../../kube/machinery/status.ts';
import { mayBeAccount } from '../../../wire/account-names.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { newChallenge, readChallenge } from '../../auth/challenges.ts';
import { hostOf } from '../../location.ts';
import { statusResponse } from '../../statuses.ts';
import { answer, badRequest, json } from '../management/route.ts';
import { bringClusters } from './bring-clusters.ts';
import { ceremonyOf, SPENT } from './ceremony.ts';
import { signedIn, signInRoute } from './sign-in.ts';

export const passkeySignInOptions = signInRoute(async ({ env, location }) => {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const { id, token } = await newChallenge(env, 'sign-in');
  const options = await generateAuthenticationOptions({
    rpID: hostOf(location),
    challenge: id,
    userVerification: 'required',
    timeout: 300_000,
  });
  return json({ challenge: token, options }, 200);
});

export const passkeySignIn = signInRoute(async ({ request, env, location, agent, body }) => {
  const account = accountIn(body.response);
  if (account === undefined) return badRequest('response must be the answer of an authenticator, with a userHandle');
  const challenge = await readChallenge(env, body.challenge, 'sign-in');
  if (!challenge) return statusResponse(failure('Unauthorized', SPENT));
  const ceremony = ceremonyOf(location, challenge, body.response);
  const result = await accountOf(env, account).signInWithPasskey({ ...ceremony, account, agent });
  if (result.ok) await bringClusters(request, env, location, account);
  return result.ok ? signedIn(location, result.value, { account }, true) : answer(result, 201);
});

/** The account that the authenticator names; undefined for what is no answer of one, or no name. */
function accountIn(answered: unknown): string | undefined {
  const { userHandle } = ((answered as { response?: unknown } | undefined)?.response ?? {}) as { userHandle?: unknown };
  if (typeof userHandle !== 'string') return undefined;
  try {
    const name = atob(userHandle.replaceAll('-', '+').replaceAll('_', '/'));
    return mayBeAccount(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
