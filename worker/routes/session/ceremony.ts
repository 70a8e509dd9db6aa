/** The facts by which an account judges an authenticator's answer. */
import type { Ceremony } from '../../../wire/ways-in-rpc.ts';
import type { Challenge } from '../../auth/challenges.ts';
import { hostOf, type Location } from '../../location.ts';

export const SPENT = 'this took longer than 5 minutes, or was begun elsewhere: try again';

/** The origin is exactly the dashboard's: a page beneath it on the way to a cluster's has another. */
export function ceremonyOf(location: Location, challenge: Challenge, response: unknown): Ceremony {
  const { secure, host } = location;
  const origin = `${secure ? 'https' : 'http'}://${host}`;
  return { challenge: challenge.id, expires: challenge.expires, origin, rpId: hostOf(location), response };
}
