/** `/islet/v1/account-tokens` and `/islet/v1/dashboard-codes`: the credentials of an account. */
import { badRequest, isCount, items, route } from './route.ts';

const MAX_TOKEN_SECONDS = 365 * 24 * 3600;
const MAX_LABEL = 100;

export const listAccountTokens = route({}, ({ rpc, credential }) => items(rpc.listCredentials({ credential })));

export const createAccountToken = route({ code: 201 }, ({ rpc, credential, account, body }) => {
  const { ttlSeconds: seconds = MAX_TOKEN_SECONDS, label, cluster, readOnly } = body;
  if (!isCount(seconds, 1, MAX_TOKEN_SECONDS)) {
    return badRequest(`ttlSeconds must be a number from 1 to ${MAX_TOKEN_SECONDS}`);
  }
  if (label !== undefined && (typeof label !== 'string' || label.length > MAX_LABEL)) {
    return badRequest(`label must be text of at most ${MAX_LABEL} characters`);
  }
  if (cluster !== undefined && typeof cluster !== 'string') return badRequest('cluster must be the name of a cluster');
  if (readOnly !== undefined && typeof readOnly !== 'boolean') return badRequest('readOnly must be true or false');
  return rpc.createToken({ credential, account, seconds, label, cluster, readOnly });
});

export const revokeAccountToken = route({}, ({ rpc, credential, name: id }) => rpc.revoke({ credential, id }));

/** A one-time code for the dashboard: the first browser that opens `/?code=…` is signed in as this account. */
export const dashboardCode = route({ code: 201 }, ({ rpc, credential, account }) =>
  rpc.mintCode({ credential, account }),
);
