/** `/islet/v1/forwards`: the ports of pods and Services that the account has open in browsers. */
import { siteOf } from '../../../wire/forwards.ts';
import { offersForwards, originOf } from '../../forwards/site.ts';
import { route } from './route.ts';

export const listForwards = route({}, async ({ location, env, rpc, account, credential }) => {
  const listed = await rpc.listForwards({ credential });
  if (!listed.ok) return listed;
  const items = listed.value.map(async (forward) => {
    const site = await siteOf(forward.target, forward.cluster, account);
    return { ...forward, site: originOf(site, location, env) };
  });
  return { ok: true, value: { items: await Promise.all(items), offered: offersForwards(location, env) } };
});

export const closeForward = route({}, ({ rpc, credential, name: id }) => rpc.closeForward({ credential, id }));
