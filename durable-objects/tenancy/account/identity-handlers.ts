import type { NewSession } from '../../../wire/account-rpc.ts';
import type { IdentitiesRpc } from '../../../wire/identity-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';
import { MAX_IDENTITIES } from './identities.ts';

const TOO_MANY = `an account may have ${MAX_IDENTITIES} identities, and has them: remove one first`;
const UNKNOWN = 'this identity leads to no account any more';

/** Identities at OpenID Connect providers: linked, used for signing in, listed and removed. */
export function identityHandlers(parts: AccountParts): Handlers<IdentitiesRpc> {
  const { identities, people, issuer, waysIn, now, as } = parts;
  return {
    listIdentities: ({ credential }) => as(credential, () => ({ ok: true, value: identities.list() })),

    mayLinkIdentity: ({ credential }) =>
      as(credential, () => {
        if (identities.count >= MAX_IDENTITIES) return refuse('Forbidden', TOO_MANY);
        return waysIn.refuses(credential) ?? { ok: true, value: null };
      }),

    linkIdentity: ({ credential, account, identity, agent }) =>
      as(credential, async (): Promise<Result<{ session?: NewSession }>> => {
        const refused = waysIn.refuses(credential);
        if (refused) return refused;
        if (identities.count >= MAX_IDENTITIES) return refuse('Forbidden', TOO_MANY);
        const wasVisitor = people.kind === 'visitor';
        identities.add(identity, now());
        people.becomePerson();
        if (!wasVisitor) return { ok: true, value: {} };
        const session = await issuer.signIn(account, 'oidc', agent);
        return session.ok ? { ok: true, value: { session: session.value } } : session;
      }),

    removeIdentity: ({ credential, id }) =>
      as(credential, () => {
        const found = identities.find(id);
        if (!found) return refuse('NotFound', `identities ${JSON.stringify(id)} not found`);
        const refused = waysIn.refuses(credential) ?? waysIn.refusesToRemoveOne();
        if (refused) return refused;
        identities.remove(id);
        return { ok: true, value: found };
      }),

    signInWithIdentity: async ({ account, identity, name, agent, begins, replaces }) => {
      if (!identities.find(identity.key)) {
        // A first sign-in may have ended between the identity's object and this one.
        if (!begins || !people.begin('person', now())) return refuse('NotFound', UNKNOWN);
        identities.add(identity, now());
        people.rename(account, name, now());
      }
      identities.use(identity, now());
      const session = await issuer.signIn(account, 'oidc', agent);
      if (session.ok && replaces !== undefined) await issuer.endReplaced(replaces);
      return session;
    },
  };
}
