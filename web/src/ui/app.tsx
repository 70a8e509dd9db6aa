/** The page: sign-in state, the choice of cluster, and the cluster's overview. */
import { useEffect, useState } from 'preact/hooks';
import { Cluster } from '../api/cluster.ts';
import { linkTo, route } from '../api/route.ts';
import { type ClusterRef, listClusters, RequestError } from '../api/session.ts';
import { DeploymentDrawer } from './deployment-drawer.tsx';
import { Overview } from './overview.tsx';
import { PodDrawer } from './pod-drawer.tsx';

export function App() {
  const [clusters, setClusters] = useState<ClusterRef[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    listClusters().then(setClusters, (error: Error) => setProblem(explain(error)));
  }, []);

  if (problem) return <p class="notice bad page-notice">{problem}</p>;
  if (!clusters) return <p class="page-notice quiet">Connecting …</p>;
  const chosen = clusters.find(({ name }) => name === route.value.cluster) ?? clusters[0];
  if (!chosen) {
    return (
      <p class="notice page-notice">
        There is no cluster yet. Create one with <code class="mono">npx islet clusters create NAME</code>, then load
        this page again.
      </p>
    );
  }
  return <ClusterPage key={chosen.id} chosen={chosen} clusters={clusters} />;
}

function ClusterPage({ chosen, clusters }: { chosen: ClusterRef; clusters: ClusterRef[] }) {
  const [cluster, setCluster] = useState<Cluster>();
  useEffect(() => {
    const opened = new Cluster(chosen);
    setCluster(opened);
    return () => opened.close();
  }, [chosen.id]);
  if (!cluster) return null;
  const { selected } = route.value;
  return (
    <>
      <TopBar cluster={cluster} clusters={clusters} />
      <Overview cluster={cluster} />
      {selected?.kind === 'pods' && <PodDrawer cluster={cluster} {...selected} />}
      {selected?.kind === 'deployments' && <DeploymentDrawer cluster={cluster} {...selected} />}
    </>
  );
}

const STATE_TEXT = { connecting: 'connecting', live: 'live', offline: 'reconnecting' } as const;

function TopBar({ cluster, clusters }: { cluster: Cluster; clusters: ClusterRef[] }) {
  const state = cluster.connection.state.value;
  const pods = [...cluster.pods.objects.value.values()];
  const running = pods.filter((pod) => pod.status?.phase === 'Running').length;
  return (
    <header class="top">
      <span class="brand">islet</span>
      <select
        aria-label="Cluster"
        value={cluster.name}
        onChange={({ currentTarget }) => {
          location.hash = linkTo({ cluster: currentTarget.value, selected: undefined, tab: undefined });
        }}
      >
        {clusters.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
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
            {running}/{pods.length}
          </b>
        </span>
      </span>
    </header>
  );
}

function explain(error: Error): string {
  if (error instanceof RequestError && error.status === 401) {
    return 'You are not signed in here, or your session is over. Open the address that `npm start` printed; `npx islet dashboard` prints a fresh one.';
  }
  return `The dashboard could not reach Islet: ${error.message}`;
}
