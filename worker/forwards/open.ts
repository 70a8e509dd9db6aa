/** `POST /clusters/ID/islet/v1/forwards`: the address at which a port of a pod or Service opens, with a ticket in it. */
import { failure } from '../../kube/machinery/status.ts';
import { checkTarget, FORWARDS_PATH, siteOf, TICKET_PARAMETER } from '../../wire/forwards.ts';
import { asciiJson } from '../../wire/headers.ts';
import { CLAIMS_HEADER, FORWARDED_HEADER } from '../../wire/identity.ts';
import { accountOf, type Caller } from '../auth/authenticate.ts';
import { readJsonObject } from '../body.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../env.ts';
import type { Location } from '../location.ts';
import { forwardedHeaders } from '../routes/forward.ts';
import { answer, badRequest, json, NO_OBJECT } from '../routes/management/route.ts';
import { statusResponse } from '../statuses.ts';
import { originOf } from './site.ts';

const NO_SESSION = 'forwards are opened from the dashboard: use kubectl port-forward';
const NO_DOMAIN =
  'this service has no domain for forwards (ISLET_FORWARD_DOMAIN): use kubectl port-forward, or ask its operator';
const MALFORMED = 'name kind (pods or services), namespace, name, port (from 1 to 65535) and scheme (http or https)';

export async function openForward(
  request: EdgeRequest,
  env: Env,
  location: Location,
  { claims, printed }: Caller,
  cluster: string,
): Promise<EdgeResponse> {
  const { use, account = '', jti } = claims;
  if (use !== 'session') return statusResponse(failure('Forbidden', NO_SESSION));
  const body = await readJsonObject(request);
  if (!body) return badRequest(NO_OBJECT);
  const target = checkTarget(body);
  if (!target) return badRequest(MALFORMED);
  const origin = originOf(await siteOf(target, cluster, account), location, env);
  if (origin === undefined) return statusResponse(failure('NotImplemented', NO_DOMAIN));
  const asked = await env.CLUSTER.getByName(cluster).fetch(`http://cluster${FORWARDS_PATH}`, {
    method: 'POST',
    headers: {
      [CLAIMS_HEADER]: printed,
      [FORWARDED_HEADER]: asciiJson({ ...forwardedHeaders(request), accept: 'application/json' }),
    },
    body: JSON.stringify(target),
  });
  if (asked.status !== 200) return asked;
  const minted = await accountOf(env, account).mintForward({ credential: jti, account, cluster, target });
  if (!minted.ok) return answer(minted, 201);
  const { ticket } = minted.value;
  return json({ address: `${origin}/?${TICKET_PARAMETER}=${ticket}`, site: origin, target }, 201);
}
