/** `DELETE /islet/v1/session`: ends the session of this browser, at the account and in its cookie. */
import { endedCookie } from '../../auth/session-cookie.ts';
import { respond } from '../../env.ts';
import { route } from '../management/route.ts';

export const signOut = route({}, async ({ rpc, credential, location }) => {
  await rpc.revoke({ credential, id: credential });
  return respond(null, { status: 204, headers: { 'Set-Cookie': endedCookie(location), 'Cache-Control': 'no-store' } });
});
