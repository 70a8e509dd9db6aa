/** `/islet/v1/identities`: the identities at providers that lead to an account. They are linked by a sign-in there. */
import { identityOf } from '../session/oidc-entry.ts';
import { items, route } from './route.ts';

export const listIdentities = route({}, ({ rpc, credential }) => items(rpc.listIdentities({ credential })));

/** The account forgets it first: an object that still leads there is then released by the next sign-in. */
export const removeIdentity = route({}, async ({ env, rpc, account, credential, name: id }) => {
  const removed = await rpc.removeIdentity({ credential, id });
  if (removed.ok) await identityOf(env, id).release({ account });
  return removed;
});
