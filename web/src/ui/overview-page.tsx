/** The page `overview`, and what was selected in it. */
import { route } from '../api/route.ts';
import { workloadsOf } from '../kinds/workloads.ts';
import { DeploymentDrawer } from './deployment-drawer.tsx';
import { NodeDrawer } from './node-drawer.tsx';
import { Overview } from './overview.tsx';
import type { PageProps } from './pages.ts';
import { PodDrawer } from './pod-drawer.tsx';

export default function OverviewPage({ cluster }: PageProps) {
  const { selected, namespace, search } = route.value;
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
      <Overview cluster={cluster} workloads={workloads} filter={filter} />
      {selected?.kind === 'pods' && <PodDrawer key={key} cluster={cluster} {...selected} />}
      {selected?.kind === 'deployments' && <DeploymentDrawer key={key} cluster={cluster} {...selected} />}
      {selected?.kind === 'nodes' && <NodeDrawer key={key} cluster={cluster} {...selected} />}
    </>
  );
}
