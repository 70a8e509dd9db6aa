/**
 * A route that begins a session: a page of this service asks, with JSON. Another site's page can neither sign a visitor
 * of its own in here (login CSRF) nor out: a form sends no JSON, and a request from elsewhere names its origin.
 */
import { failure } from '../../../kube/machinery/status.ts';
import type { NewSession } from '../../../wire/account-rpc.ts';
import { isOwnOrigin } from '../../auth/credentials.ts';
import { sessionCookie } from '../../auth/session-cookie.ts';
import { readJsonObject } from '../../body.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../../env.ts';
import { type Location, locate } from '../../location.ts';
import { statusResponse } from '../../statuses.ts';
import { badRequest, NO_OBJECT } from '../management/route.ts';

export interface SignInCall {
  request: EdgeRequest;
  env: Env;
  location: Location;
  body: Record<string, unknown>;
  /** The browser, as it names itself. */
  agent: string;
}

const NOT_OUR_PAGE = 'only a page of this service may ask for this: open the dashboard';

export function signInRoute(
  handler: (call: SignInCall) => Promise<EdgeResponse> | EdgeResponse,
): (request: EdgeRequest, env: Env) => Promise<EdgeResponse> {
  return async (request, env) => {
    const location = locate(request.url);
    if (!request.headers.has('origin') || !isOwnOrigin(request, location)) {
      return statusResponse(failure('Forbidden', NOT_OUR_PAGE));
    }
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
      return badRequest('the body must be JSON: set Content-Type to application/json');
    }
    const body = await readJsonObject(request);
    if (!body) return badRequest(NO_OBJECT);
    return handler({ request, env, location, body, agent: request.headers.get('user-agent') ?? '' });
  };
}

/** Answers `value`, and gives the browser the session. `kept`: also when it is closed and opened again. */
export function signedIn(location: Location, session: NewSession, value: object, kept: boolean): EdgeResponse {
  return respond(`${JSON.stringify(value)}\n`, {
    status: 201,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'Set-Cookie': sessionCookie(location, session, kept),
    },
  });
}
