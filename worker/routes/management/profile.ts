/** `/islet/v1/profile`: the account that a request speaks for. */
import { badRequest, route } from './route.ts';

export const profile = route({}, ({ rpc, credential, account }) => rpc.profile({ credential, account }));

export const renameAccount = route({}, ({ rpc, credential, account, body }) => {
  const { name } = body;
  return typeof name === 'string' ? rpc.rename({ credential, account, name }) : badRequest('name must be text');
});
