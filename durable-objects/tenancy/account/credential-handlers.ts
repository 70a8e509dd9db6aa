import type { CredentialsRpc } from '../../../wire/account-rpc.ts';
import type { TokenScope } from '../../../wire/identity.ts';
import type { Result } from '../../../wire/rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

/** Tokens and sessions: listed, issued, revoked, and asked whether they count. */
export function credentialHandlers(parts: AccountParts): Handlers<CredentialsRpc> {
  const { issuer, waysIn, as } = parts;
  return {
    open: ({ account, reset }) => {
      // A thief of a token may have added some.
      if (reset) waysIn.removeAll();
      return issuer.open(account, reset);
    },
    listCredentials: ({ credential }) => as(credential, () => issuer.list(credential)),
    createToken: ({ credential, account, seconds, label, ...narrowed }) =>
      as(credential, () => {
        const scope = scopeOf(parts, narrowed);
        if (!scope.ok) return scope;
        return issuer.token({ issuer: credential, account, seconds, label, scope: scope.value });
      }),
    revoke: ({ credential, id }) => as(credential, () => issuer.revoke(id)),
    admits: ({ credential, cluster }) => issuer.admits(credential, cluster),
    mintCode: ({ credential, account }) => as(credential, () => issuer.code(credential, account)),
    redeemCode: ({ account, jti, agent }) => issuer.redeem(account, jti, agent),
  };
}

/** The scope in which clusters are named as people name them; undefined for the whole account. */
export function scopeOf(
  { clusters, memberships }: Pick<AccountParts, 'clusters' | 'memberships'>,
  { cluster, readOnly }: { cluster?: string; readOnly?: boolean },
): Result<TokenScope | undefined> {
  const only = readOnly ? ({ readOnly: true } as const) : undefined;
  if (cluster === undefined) return { ok: true, value: only };
  const listed = clusters.list();
  const all = [...(listed.ok ? listed.value : []), ...memberships.list()];
  const id = all.find(({ name }) => name === cluster)?.id;
  if (id === undefined) return refuse('NotFound', `clusters ${JSON.stringify(cluster)} not found`);
  return { ok: true, value: { cluster: id, ...only } };
}
