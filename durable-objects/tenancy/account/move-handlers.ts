import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { MovesRpc } from '../../../wire/moves-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { noSuchCluster, refuse } from '../account-clusters.ts';
import { OFFER_SECONDS, offerClaims } from '../claims.ts';
import type { AccountParts } from './account.ts';

const NO_OFFER = 'this offer was taken, or has expired: ask for a new one';
const VISITOR = 'what a visitor has ends with the visit: sign in first, and then accept the cluster';
const OWN = 'this cluster is yours already';
const isBusy = (name: string): string =>
  `cluster ${JSON.stringify(name)} is being created or deleted: try again when that has finished`;

/** Clusters of this account that others take over, and clusters of others. */
export function moveHandlers(parts: AccountParts): Handlers<MovesRpc> {
  const { moves, succession, copies, clusters, people, owned, memberships, keys, now, uuid, as } = parts;
  return {
    offerCluster: ({ credential, account, name }) =>
      as(credential, async () => {
        const found = owned.find(name);
        if (!found || moves.isLeaving(found.id)) return noSuchCluster(name);
        if (clusters.isBusy(found.id) || !owned.isFinished(found.id)) return refuse('Conflict', isBusy(name));
        const claims = offerClaims(account, found.id, OFFER_SECONDS, { jti: uuid(), now: now() });
        moves.addOffer(claims.jti, found.id, claims.exp * 1000, credential);
        return { ok: true, value: { code: await keys().sign(claims), expires: rfc3339(claims.exp * 1000) } };
      }),

    mayReceive: ({ credential }) =>
      as(credential, () => {
        if (people.kind === 'visitor') return refuse('Forbidden', VISITOR);
        return owned.full() ?? { ok: true, value: null };
      }),

    takeOffer: async ({ account, offer, cluster: id, to }) => {
      if (!moves.isOffered(offer, id) || !owned.owns(id)) return refuse('NotFound', NO_OFFER);
      if (to === account) return refuse('Conflict', OWN);
      if (clusters.isBusy(id)) return refuse('Conflict', isBusy(id));
      const arrived = await moves.move(id, { source: account, target: to, toOther: true });
      return arrived ? { ok: true, value: arrived } : refuse('NotFound', NO_OFFER);
    },

    bringClusters: ({ credential, account, to }) =>
      as(credential, async () => {
        if (people.kind !== 'visitor' || to === account) return { ok: true, value: null };
        const whole = owned.list().filter(({ id }) => owned.isFinished(id) && !clusters.isBusy(id));
        // The alarm goes on with what breaks off.
        const along = { source: account, target: to, toOther: false };
        await Promise.allSettled([...whole.map(({ id }) => moves.move(id, along)), succession.begin(account, to)]);
        return { ok: true, value: null };
      }),

    receiveCluster: ({ cluster, copyBy }) => {
      const received = moves.receive(cluster);
      memberships.remove(cluster.id);
      if (copyBy !== undefined && owned.owns(cluster.id)) copies.add(copyBy, cluster.id);
      return received;
    },

    receiveMembership: async ({ cluster, name, role }) => {
      if (!owned.owns(cluster)) memberships.set(cluster, { name, role }, now());
    },

    receiveDeleted: ({ cluster }) => clusters.receiveDeleted(cluster),
  };
}
