/** Forwards: opened by a session, listed, and closed. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Forward, ForwardsRpc } from '../../../wire/forwards.ts';
import { NO_CLUSTER } from '../../../wire/identity.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { CredentialRecord } from '../account-credentials.ts';
import type { AccountParts } from './account.ts';

export function forwardHandlers({ issuer, as, owns, memberships }: AccountParts): Handlers<ForwardsRpc> {
  return {
    mintForward: ({ credential, account, cluster, target }) =>
      as(credential, () => {
        if (!owns(cluster) && !memberships.find(cluster)) return refuse('NotFound', NO_CLUSTER);
        return issuer.forwardTicket(credential, { account, scope: { cluster, forward: target } });
      }),
    redeemForward: ({ account, jti }) => issuer.redeemForward(account, jti),
    listForwards: ({ credential }) =>
      as(credential, () => ({ ok: true, value: issuer.forwards().flatMap((each) => told(each) ?? []) })),
    closeForward: ({ credential, id }) =>
      as(credential, async () => {
        const closed = await issuer.closeForward(id);
        if (!closed.ok) return closed;
        return { ok: true, value: told(closed.value) as Forward };
      }),
  };
}

function told({ jti, created, expires, scope }: CredentialRecord): Forward | undefined {
  const { cluster, forward } = scope ?? {};
  if (cluster === undefined || !forward) return undefined;
  return { id: jti, cluster, target: forward, created: rfc3339(created), expires: rfc3339(expires) };
}
