/** `/islet/v1/recovery-codes`: codes for the day on which a passkey is lost. */
import { route } from './route.ts';

export const recoveryCodes = route({}, ({ rpc, credential }) => rpc.recoveryCodes({ credential }));

export const newRecoveryCodes = route({ code: 201 }, ({ rpc, credential, account }) =>
  rpc.newRecoveryCodes({ credential, account }),
);
