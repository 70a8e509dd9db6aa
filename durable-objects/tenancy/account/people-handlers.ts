import type { PeopleRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

const TAKEN = 'there is an account of this name: try again';

/** The account's person. */
export function peopleHandlers({ people, issuer, now, as }: AccountParts): Handlers<PeopleRpc> {
  return {
    begin: ({ account, kind, by, agent }) =>
      people.begin(kind, now()) ? issuer.signIn(account, by, agent) : refuse('AlreadyExists', TAKEN),
    profile: ({ credential, account }) => as(credential, () => ({ ok: true, value: people.profile(account, now()) })),
    rename: ({ credential, account, name }) => as(credential, () => people.rename(account, name, now())),
  };
}
