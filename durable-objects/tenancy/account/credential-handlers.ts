import type { CredentialsRpc } from '../../../wire/account-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import type { AccountParts } from './account.ts';

/** Tokens and sessions: listed, issued, revoked, and asked whether they count. */
export function credentialHandlers({ issuer, as }: AccountParts): Handlers<CredentialsRpc> {
  return {
    open: ({ account, reset }) => issuer.open(account, reset),
    listCredentials: ({ credential }) => as(credential, () => issuer.list()),
    createToken: ({ credential, ...spec }) => as(credential, () => issuer.token({ issuer: credential, ...spec })),
    revoke: ({ credential, id }) => as(credential, () => issuer.revoke(id)),
    admits: ({ credential, cluster }) => issuer.admits(credential, cluster),
    mintCode: ({ credential, account }) => as(credential, () => issuer.code(credential, account)),
    redeemCode: ({ account, jti, agent }) => issuer.redeem(account, jti, agent),
  };
}
