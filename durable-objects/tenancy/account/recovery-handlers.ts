import { recoveryText } from '../../../wire/recovery-code.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import type { RecoveryRpc } from '../../../wire/ways-in-rpc.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';

export const WRONG_CODE = 'this recovery code is wrong, or was used already: each works once';
const VISITOR = 'recovery codes are for when a passkey is lost: add a passkey first';

export function recoveryHandlers({ recovery, people, issuer, waysIn, as }: AccountParts): Handlers<RecoveryRpc> {
  return {
    recoveryCodes: ({ credential }) => as(credential, () => ({ ok: true, value: recovery.summary })),

    newRecoveryCodes: ({ credential, account }) =>
      as(credential, async () => {
        if (people.kind === 'visitor') return refuse('Conflict', VISITOR);
        const refused = waysIn.refuses(credential);
        if (refused) return refused;
        const codes = await recovery.renew();
        return { ok: true, value: { codes: codes.map((code) => recoveryText(account, code)) } };
      }),

    signInWithRecovery: async ({ account, code, agent }) =>
      (await recovery.take(code)) ? issuer.signIn(account, 'recovery', agent) : refuse('Unauthorized', WRONG_CODE),
  };
}
