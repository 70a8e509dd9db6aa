/** A visitor who signs in to an account brings the clusters of the visit along. */
import { accountOf, identify } from '../../auth/authenticate.ts';
import type { EdgeRequest, Env } from '../../env.ts';
import type { Location } from '../../location.ts';

/** `account`: the one that the person at the browser has signed in to. */
export async function bringClusters(
  request: EdgeRequest,
  env: Env,
  location: Location,
  account: string,
): Promise<void> {
  const { account: visit, jti, use } = (await identify(request, env, location))?.claims ?? {};
  if (use === 'session' && visit && jti) await bringClustersOf(env, { account: visit, credential: jti }, account);
}

/** `visit`: a session, of a visitor or not. What breaks off here, the visitor's account goes on with. */
export async function bringClustersOf(
  env: Env,
  { account: visit, credential }: { account: string; credential: string },
  account: string,
): Promise<void> {
  if (visit === account) return;
  try {
    await accountOf(env, visit).bringClusters({ credential, account: visit, to: account });
  } catch (error) {
    console.error('the clusters of a visitor have not moved', error);
  }
}
