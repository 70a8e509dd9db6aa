import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { PeopleRpc, Profile } from '../../../wire/account-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const TAKEN = 'there is an account of this name: try again';

/** The account's person. */
export function peopleHandlers({ people, visits, clusters, issuer, now, as }: AccountParts): Handlers<PeopleRpc> {
  const withEnd = (profile: Profile): Profile => {
    const { ends } = visits;
    return ends === undefined ? profile : { ...profile, ends: rfc3339(ends) };
  };
  return {
    begin: async ({ account, kind, by, agent, address = '', cluster }) => {
      if (!people.begin(kind, now())) return refuse('AlreadyExists', TAKEN);
      if (kind === 'visitor') visits.begin(account, address);
      const session = await issuer.signIn(account, by, agent);
      if (!session.ok || !cluster) return session;
      const { name, ...spec } = cluster;
      return { ok: true, value: { ...session.value, cluster: await clusters.create(account, name, spec) } };
    },
    profile: ({ credential, account }) =>
      as(credential, () => ({ ok: true, value: withEnd(people.profile(account, now())) })),
    rename: ({ credential, account, name }) =>
      as(credential, (): Result<Profile> => {
        const renamed = people.rename(account, name, now());
        return renamed.ok ? { ok: true, value: withEnd(renamed.value) } : renamed;
      }),
  };
}
