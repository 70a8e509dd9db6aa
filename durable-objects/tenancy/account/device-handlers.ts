import type { DevicesRpc } from '../../../wire/device-rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';
import { scopeOf } from './credential-handlers.ts';
import { askToSignIn } from './ways-in.ts';

const NOT_FRESH = 'sign in again first: a device is approved within 15 minutes after that';

/** Programs that a person lets in from a page: the token outlives the session of a person who has just signed in. */
export function deviceHandlers(parts: AccountParts): Handlers<DevicesRpc> {
  const { issuer, people, deviceLooks, as } = parts;
  return {
    mayLookForDevice: ({ credential }) =>
      as(credential, () => {
        const retryAfterSeconds = deviceLooks.take();
        if (retryAfterSeconds === 0) return { ok: true, value: null };
        const { status } = refuse('TooManyRequests', 'too many codes were tried');
        return { ok: false, status: { ...status, details: { retryAfterSeconds } } };
      }),

    approveDevice: ({ credential, account, label, ...narrowed }) =>
      as(credential, () => {
        const scope = scopeOf(parts, narrowed);
        if (!scope.ok) return scope;
        const spec = { account, label, scope: scope.value };
        if (issuer.isFresh(credential)) return issuer.approve(spec);
        // The owner of a service, from the terminal: as long as the terminal's own token.
        if (issuer.isJustOpened(credential)) return issuer.approve({ ...spec, issuer: issuer.issuerOf(credential) });
        if (people.kind === 'person') return askToSignIn(NOT_FRESH);
        return issuer.approve({ ...spec, issuer: credential });
      }),

    redeemDevice: ({ account, approval, seconds }) => issuer.redeemApproval(account, approval, seconds),
  };
}
