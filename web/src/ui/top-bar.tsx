/** The top bar: the cluster, the filter, and the state of the connection. */
import type { Cluster } from '../api/cluster.ts';
import { clusterLink, follow } from '../api/route.ts';
import type { ClusterRef } from '../api/session.ts';
import { FilterBar } from './filter-bar.tsx';
import { NavigationDrawer } from './shell/navigation.tsx';
import { Settings } from './shell/settings.tsx';

const STATE_TEXT = { connecting: 'connecting', live: 'live', offline: 'reconnecting' } as const;

export function TopBar({ cluster, clusters }: { cluster: Cluster; clusters: ClusterRef[] }) {
  const state = cluster.connection.state.value;
  const { name: current } = cluster.ref;
  return (
    <header class="top">
      <NavigationDrawer cluster={cluster} />
      <span class="brand">islet</span>
      <select
        aria-label="Cluster"
        value={current}
        onChange={({ currentTarget }) => follow(clusterLink(currentTarget.value))}
      >
        {clusters.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <FilterBar cluster={cluster} />
      <span class="end">
        <span class={`live is-${state}`} role="status">
          {STATE_TEXT[state]}
        </span>
        <Settings />
      </span>
    </header>
  );
}
