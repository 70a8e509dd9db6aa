import type { ClusterLifeRpc } from '../../../wire/cluster-life-rpc.ts';
import { type Handlers, rpcOf } from '../../../wire/rpc-call.ts';
import type { ClusterUsage, UsageRpc } from '../../../wire/usage-rpc.ts';
import type { AccountParts } from './account.ts';

/** The use of the account's clusters. */
export function usageHandlers({
  owned,
  owns,
  people,
  quota,
  cluster,
  streamUse,
  as,
}: AccountParts): Handlers<UsageRpc> {
  const ask = async ({ id, name }: { id: string; name: string }): Promise<ClusterUsage | undefined> => {
    try {
      const metering = await rpcOf<ClusterLifeRpc>(cluster(id)).metering({});
      return metering.ok ? { id, name, ...metering.value } : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    usage: ({ credential }) =>
      as(credential, async () => {
        const all = owned.list();
        const asked = await Promise.all(all.map(ask));
        const clusters = asked.filter((each) => each !== undefined);
        const missing = all.flatMap(({ name }, index) => (asked[index] ? [] : [name]));
        return {
          ok: true,
          value: {
            kind: people.kind,
            clusters,
            missing,
            limits: quota(),
            streamSeconds: Math.max(Math.round(streamUse.today / 1000), Math.round(ofStreams(clusters, streamUse.day))),
          },
        };
      }),
    streamed: async ({ cluster: id, ...use }) => {
      if (owns(id)) streamUse.add(use);
      const limit = quota().streamMinutes * 60_000;
      return limit > 0 ? { left: limit - streamUse.today } : {};
    },
  };
}

/** Minutes that clusters have counted and not told yet are in their own figures. */
function ofStreams(clusters: readonly ClusterUsage[], today: string): number {
  const days = clusters.flatMap(({ days = [] }) => days.filter(({ day }) => day === today));
  return days.reduce((sum, { streamSeconds }) => sum + streamSeconds, 0);
}
