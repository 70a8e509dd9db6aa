/**
 * `/islet/v1/links/offer` and `/islet/v1/links/accept`: what a link to a cluster gives, and accepting it. The token comes
 * in the body, from the part of the link's address that no server is sent.
 */
import { failure, type Status } from '../../kube/machinery/status.ts';
import type { ClusterRpc } from '../../wire/rpc.ts';
import { keySet } from '../auth/keys.ts';
import type { Env } from '../env.ts';
import { statusResponse } from '../statuses.ts';
import { answer, badRequest, route } from './management/route.ts';
import { signInRoute } from './session/sign-in.ts';

const WRONG = failure('NotFound', 'this is not a link of this service: was it copied whole?');
const EXPIRED = failure('Gone', 'this link has expired: ask for a new one');
const NO_TOKEN = 'token must be the text behind the # of the link';

/** A person need not be signed in to see what a link gives; its signature is checked before the cluster wakes. */
export const offerOfLink = signInRoute(async ({ env, body }) => {
  if (typeof body.token !== 'string') return badRequest(NO_TOKEN);
  const link = await readLink(env, body.token);
  if (!link.ok) return statusResponse(link.status);
  const cluster = env.CLUSTER.getByName(link.cluster) as unknown as ClusterRpc;
  return answer(await cluster.offerLink({ link: link.id }), 200);
});

export const acceptLink = route({ code: 201 }, async ({ env, rpc, credential, account, body }) => {
  if (typeof body.token !== 'string') return badRequest(NO_TOKEN);
  const link = await readLink(env, body.token);
  if (!link.ok) return statusResponse(link.status);
  return rpc.acceptLink({ credential, account, link: { id: link.id, cluster: link.cluster } });
});

type Link = { ok: true; id: string; cluster: string } | { ok: false; status: Status };

async function readLink(env: Env, token: string): Promise<Link> {
  try {
    const { use, cluster, jti } = await keySet(env).verify(token.trim(), Date.now());
    return use === 'link' && cluster ? { ok: true, id: jti, cluster } : { ok: false, status: WRONG };
  } catch (error) {
    // The signature is checked before the time.
    const isExpired = error instanceof Error && /expired|"exp"/.test(error.message);
    return { ok: false, status: isExpired ? EXPIRED : WRONG };
  }
}
