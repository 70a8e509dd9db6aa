import type { ClustersRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const ambiguous = (name: string): string =>
  `several clusters that are shared with you are called ${JSON.stringify(name)}: name one by its id`;

/** Clusters are an account's by name. */
export function clusterHandlers({ clusters, memberships, cluster, as }: AccountParts): Handlers<ClustersRpc> {
  return {
    createCluster: ({ credential, account, name, ...spec }) =>
      as(credential, () => clusters.create(account, name, spec)),
    listClusters: ({ credential }) =>
      as(credential, () => {
        const own = clusters.list();
        return own.ok ? { ok: true, value: [...own.value, ...memberships.list()] } : own;
      }),
    deleteCluster: ({ credential, name }) => as(credential, () => clusters.delete(name)),
    clusterToken: ({ credential, account, name }) =>
      as(credential, async () => {
        const own = await clusters.token(name);
        const shared = memberships.list().filter((each) => each.id === name || each.name === name);
        if (own.ok || own.status.code !== 404 || !shared[0]) return own;
        if (shared.length > 1) return refuse('Conflict', ambiguous(name));
        const { id, name: known } = shared[0];
        const made = await cluster(id).memberToken({ account });
        return made.ok ? { ok: true, value: { id, name: known, token: made.value } } : made;
      }),
  };
}
