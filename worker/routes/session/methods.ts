/** `GET /islet/v1/session/methods`: the ways in which a person may sign in here, or begin. */
import { offeredProviders } from '../../auth/oidc/providers.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../../env.ts';
import { json } from '../management/route.ts';

export function takesVisitors(env: Env): boolean {
  return env.ISLET_VISITORS === 'true';
}

/** Whether anyone may begin an account with a passkey. A visitor may add one, so that is not less. */
export function takesSignUps(env: Env): boolean {
  return takesVisitors(env) || env.ISLET_SIGN_UP === 'true';
}

/** `providers`: names and labels, in the order of the configuration. `local`: the service runs on a machine of its user, whose terminal signs in, too. `api`: where machines reach the API, if that is not the dashboard's address. */
export function methods(_request: EdgeRequest, env: Env): EdgeResponse {
  const providers = offeredProviders(env.ISLET_OIDC_PROVIDERS, (problem) => console.error(problem));
  const local = env.LAUNCHER !== undefined;
  const { ISLET_API_SERVER: server, ISLET_API_CA: ca } = env;
  const api = server ? { server, ca } : undefined;
  return json({ visitors: takesVisitors(env), signUp: takesSignUps(env), providers, local, api }, 200);
}
