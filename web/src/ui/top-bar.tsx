/** The top bar: the cluster, the filter, the state of the connection, and how many pods run. */
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { go } from '../api/route.ts';
import type { ClusterRef } from '../api/session.ts';
import { FilterBar } from './filter-bar.tsx';

const STATE_TEXT = { connecting: 'connecting', live: 'live', offline: 'reconnecting' } as const;

export function TopBar({ cluster, clusters, pods }: { cluster: Cluster; clusters: ClusterRef[]; pods: Pod[] }) {
  const state = cluster.connection.state.value;
  const { name: current } = cluster.ref;
  const meant = pods.filter(({ status }) => status?.phase !== 'Succeeded');
  const running = meant.filter(({ status }) => status?.phase === 'Running').length;
  return (
    <header class="top">
      <span class="brand">islet</span>
      <select
        aria-label="Cluster"
        value={current}
        onChange={({ currentTarget }) =>
          go({
            cluster: currentTarget.value,
            namespace: undefined,
            search: undefined,
            selected: undefined,
            tab: undefined,
          })
        }
      >
        {clusters.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <FilterBar cluster={cluster} />
      <span class={`live is-${state}`} role="status">
        {STATE_TEXT[state]}
      </span>
      <span class="facts">
        <span>
          nodes <b>{cluster.nodes.objects.value.size}</b>
        </span>
        <span>
          pods running{' '}
          <b>
            {running}/{meant.length}
          </b>
        </span>
      </span>
    </header>
  );
}
