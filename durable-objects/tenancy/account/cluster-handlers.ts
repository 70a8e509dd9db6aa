import type { ClustersRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { noSuchCluster, refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const ambiguous = (name: string): string =>
  `several clusters that are shared with you are called ${JSON.stringify(name)}: name one by its id`;

const leaves = (name: string): string => `cluster ${JSON.stringify(name)} is moving to another account`;

/** Clusters are an account's by name. */
export function clusterHandlers({
  clusters,
  moves,
  owned,
  memberships,
  cluster,
  issuer,
  issues,
  as,
}: AccountParts): Handlers<ClustersRpc> {
  return {
    createCluster: ({ credential, account, name, ...spec }) =>
      as(credential, () => clusters.create(account, name, spec, issuer.lasting(credential))),
    listClusters: ({ credential }) =>
      as(credential, () => {
        const own = clusters.list();
        return own.ok ? { ok: true, value: [...own.value, ...memberships.list()] } : own;
      }),
    deleteCluster: ({ credential, name, atOnce }) =>
      as(credential, () => {
        const found = owned.find(name);
        return found && moves.isLeaving(found.id) ? refuse('Conflict', leaves(name)) : clusters.delete(name, atOnce);
      }),
    deletedClusters: ({ credential }) => as(credential, () => clusters.deleted()),
    undeleteCluster: ({ credential, name, as: other }) => as(credential, () => clusters.undelete(name, other)),
    importCluster: ({ credential, account, name, file }) =>
      as(credential, () => clusters.import(account, name, file, issuer.lasting(credential))),
    forkCluster: ({ credential, account, name, as: copy, revision }) =>
      as(credential, () => {
        const known = clusters.list();
        // The source itself says whether the account may copy it: a role is kept there, and may have changed.
        const all = [...(known.ok ? known.value : []), ...memberships.list()];
        const source = all.find((each) => each.name === name) ?? all.find((each) => each.id === name);
        return source
          ? clusters.fork(account, copy, { source, revision, by: issuer.lasting(credential) })
          : noSuchCluster(name);
      }),
    clusterToken: ({ credential, account, name }) =>
      as(credential, async () => {
        const terms = { seconds: issuer.secondsLeft(credential), by: issuer.lasting(credential) };
        const own = await clusters.token(name, terms);
        const shared = memberships.list().filter((each) => each.id === name || each.name === name);
        if (own.ok || own.status.code !== 404 || !shared[0]) return own;
        if (shared.length > 1) return refuse('Conflict', ambiguous(name));
        const { id, name: known } = shared[0];
        if (terms.by !== undefined) issues(terms.by, id);
        const made = await cluster(id).memberToken({ account, ...terms });
        return made.ok ? { ok: true, value: { id, name: known, token: made.value } } : made;
      }),
  };
}
