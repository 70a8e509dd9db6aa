/** `/islet/v1/forwards`: the ports of pods and Services that the account has open in browsers. */
import { offersForwards } from '../../forwards/site.ts';
import { route } from './route.ts';

export const listForwards = route({}, async ({ location, env, rpc, credential }) => {
  const listed = await rpc.listForwards({ credential });
  if (!listed.ok) return listed;
  return { ok: true, value: { items: listed.value, offered: offersForwards(location, env) } };
});

export const closeForward = route({}, ({ rpc, credential, name: id }) => rpc.closeForward({ credential, id }));
