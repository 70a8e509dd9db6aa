import type { MembershipsRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { noSuchCluster, refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const OWN = 'this cluster is yours already';
const TOO_MANY = 'this account is a member of as many clusters as it may be: leave some first';

/** Clusters of others: accepted by a link, left, and taken away. */
export function membershipHandlers(parts: AccountParts): Handlers<MembershipsRpc> {
  const { memberships, owns, cluster, people, now, as } = parts;
  return {
    acceptLink: ({ credential, account, link }) =>
      as(credential, async () => {
        if (owns(link.cluster)) return refuse('Conflict', OWN);
        if (memberships.isFull && !memberships.find(link.cluster)) return refuse('Forbidden', TOO_MANY);
        const { name } = people.profile(account, now());
        const accepted = await cluster(link.cluster).acceptLink({ link: link.id, account, name });
        if (!accepted.ok) return accepted;
        memberships.set(link.cluster, accepted.value, now());
        const joined = memberships.find(link.cluster);
        return joined ? { ok: true, value: joined } : noSuchCluster(link.cluster);
      }),
    leaveCluster: ({ credential, account, cluster: id }) =>
      as(credential, async () => {
        const found = memberships.find(id);
        if (!found) return noSuchCluster(id);
        await cluster(id).leave({ account });
        memberships.remove(id);
        return { ok: true, value: found };
      }),
    membershipEnded: async ({ cluster: id }) => memberships.remove(id),
  };
}
