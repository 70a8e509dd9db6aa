import type { ClustersRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import type { AccountParts } from './account.ts';

/** Clusters are an account's by name. */
export function clusterHandlers({ clusters, as }: AccountParts): Handlers<ClustersRpc> {
  return {
    createCluster: ({ credential, account, name, ...spec }) =>
      as(credential, () => clusters.create(account, name, spec)),
    listClusters: ({ credential }) => as(credential, () => clusters.list()),
    deleteCluster: ({ credential, name }) => as(credential, () => clusters.delete(name)),
    clusterToken: ({ credential, name }) => as(credential, () => clusters.token(name)),
  };
}
