/** `/islet/v1/clusters/NAME/offer` and `/islet/v1/offers/accept`: a cluster moves to another account. */
import { failure } from '../../../kube/machinery/status.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { keySet } from '../../auth/keys.ts';
import type { Env } from '../../env.ts';
import { statusResponse } from '../../statuses.ts';
import { badRequest, route } from './route.ts';

const NO_CODE = 'code must be the text that the cluster was offered with';
const WRONG = 'this is no offer of this service, or it has expired: ask for a new one';

export const offerCluster = route({ code: 201 }, ({ request, rpc, credential, account }) =>
  rpc.offerCluster({ credential, account, name: nameIn(request.url) }),
);

export const acceptOffer = route({ code: 201 }, async ({ env, rpc, credential, account, body }) => {
  if (typeof body.code !== 'string') return badRequest(NO_CODE);
  const offer = await readOffer(env, body.code.trim());
  if (!offer) return statusResponse(failure('NotFound', WRONG));
  const may = await rpc.mayReceive({ credential });
  if (!may.ok) return may;
  const { owner, cluster, id } = offer;
  return accountOf(env, owner).takeOffer({ account: owner, offer: id, cluster, to: account });
});

/** The signature is checked before any object wakes. */
async function readOffer(env: Env, code: string): Promise<{ owner: string; cluster: string; id: string } | undefined> {
  try {
    const { use, account, cluster, jti } = await keySet(env).verify(code, Date.now());
    return use === 'offer' && account && cluster ? { owner: account, cluster, id: jti } : undefined;
  } catch {
    return undefined;
  }
}

function nameIn(url: string): string {
  return /\/clusters\/([^/?]+)\/offer/.exec(url)?.[1] ?? '';
}
