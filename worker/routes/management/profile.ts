/** `/islet/v1/profile`: the account that a request speaks for. */
import { forgetAdmissions } from '../../auth/authenticate.ts';
import { badRequest, route } from './route.ts';

export const profile = route({}, ({ rpc, credential, account }) => rpc.profile({ credential, account }));

export const renameAccount = route({}, async ({ rpc, credential, account, body }) => {
  const { name } = body;
  if (typeof name !== 'string') return badRequest('name must be text');
  const renamed = await rpc.rename({ credential, account, name });
  forgetAdmissions(account);
  return renamed;
});
