/** One cluster: the bar at the top, the overview, and what was selected in it. */
import { useEffect, useState } from 'preact/hooks';
import { Cluster } from '../api/cluster.ts';
import { amend, route } from '../api/route.ts';
import type { ClusterRef } from '../api/session.ts';
import { workloadsOf } from '../kinds/workloads.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { DeploymentDrawer } from './deployment-drawer.tsx';
import { NodeDrawer } from './node-drawer.tsx';
import { Overview } from './overview.tsx';
import { PodDrawer } from './pod-drawer.tsx';
import { TopBar } from './top-bar.tsx';

export function ClusterPage({ chosen, clusters }: { chosen: ClusterRef; clusters: ClusterRef[] }) {
  const [cluster, setCluster] = useState<Cluster>();
  useEffect(() => {
    const opened = new Cluster(chosen);
    setCluster(opened);
    // The address names the cluster from here on: another person may have another first one.
    amend({ cluster: chosen.name });
    return () => opened.close();
  }, [chosen.id]);
  const { selected, namespace, search } = route.value;
  useEffect(() => {
    document.title = [selected?.name ?? namespace, chosen.name, 'Islet'].filter(Boolean).join(' · ');
  }, [selected?.name, namespace, chosen.name]);
  if (!cluster) return null;
  const sources = {
    deployments: cluster.deployments.objects.value.values(),
    replicaSets: cluster.replicaSets.objects.value.values(),
    statefulSets: cluster.statefulSets.objects.value.values(),
    daemonSets: cluster.daemonSets.objects.value.values(),
    pods: cluster.pods.objects.value.values(),
  };
  const filter = { namespace, search };
  const workloads = workloadsOf(sources, filter);
  const key = selected && `${selected.kind}/${selected.namespace}/${selected.name}`;
  return (
    <>
      <TopBar cluster={cluster} clusters={clusters} pods={workloads.pods} />
      <ConnectionNotice cluster={cluster} />
      <Overview cluster={cluster} workloads={workloads} filter={filter} />
      {selected?.kind === 'pods' && <PodDrawer key={key} cluster={cluster} {...selected} />}
      {selected?.kind === 'deployments' && <DeploymentDrawer key={key} cluster={cluster} {...selected} />}
      {selected?.kind === 'nodes' && <NodeDrawer key={key} cluster={cluster} {...selected} />}
    </>
  );
}
