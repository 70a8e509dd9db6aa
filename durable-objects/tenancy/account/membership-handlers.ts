import type { MembershipsRpc } from '../../../wire/account-rpc.ts';
import type { ClusterSummary, Result } from '../../../wire/rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { noSuchCluster, refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const OWN = 'this cluster is yours already';
/** Names that a copy is tried under, where the account has a cluster of the first: `rollouts-2`. */
const MOST_COPIES = 20;
const TOO_MANY = 'this account is a member of as many clusters as it may be: leave some first';

/** Clusters of others: accepted by a link, left, and taken away. */
export function membershipHandlers(parts: AccountParts): Handlers<MembershipsRpc> {
  const { memberships, copies, owned, clusters, owns, cluster, people, now, as } = parts;

  /** Copies that are being made, by their links. */
  const making = new Map<string, Promise<Result<ClusterSummary>>>();

  /** A copy of the link's cluster, once: who opens the link again finds the one that there is. */
  function copyOf(account: string, link: { id: string; cluster: string }, wanted: string) {
    const known = making.get(link.id);
    const made = known ?? makeCopy(account, link, wanted).finally(() => making.delete(link.id));
    making.set(link.id, made);
    return made;
  }

  async function makeCopy(
    account: string,
    link: { id: string; cluster: string },
    wanted: string,
  ): Promise<Result<ClusterSummary>> {
    const known = owned.list().find(({ id }) => id === copies.of(link.id));
    if (known && owned.isFinished(known.id)) return { ok: true, value: known };
    const taken = new Set(owned.list().map(({ name }) => name));
    const names = Array.from({ length: MOST_COPIES }, (_, index) => (index === 0 ? wanted : `${wanted}-${index + 1}`));
    // A copy that broke off goes on under its name.
    const name = known?.name ?? names.find((each) => !taken.has(each)) ?? wanted;
    const byLink = {
      claimed: (id: string) => copies.add(link.id, id),
      whole: (id: string) => cluster(id).setOrigin({ cluster: link.cluster, link: link.id }),
    };
    const made = await clusters.fork(account, name, { source: { id: link.cluster }, byLink });
    if (!made.ok) return made;
    return { ok: true, value: owned.find(name) ?? { id: made.value.id, name, created: '' } };
  }

  return {
    acceptLink: ({ credential, account, link }) =>
      as(credential, async () => {
        if (owns(link.cluster)) return refuse('Conflict', OWN);
        if (memberships.isFull && !memberships.find(link.cluster)) return refuse('Forbidden', TOO_MANY);
        const { name } = people.profile(account, now());
        const accepted = await cluster(link.cluster).acceptLink({ link: link.id, account, name });
        if (!accepted.ok) return accepted;
        const { role, name: known } = accepted.value;
        if (role === 'copy') return copyOf(account, link, known);
        memberships.set(link.cluster, { name: known, role }, now());
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
