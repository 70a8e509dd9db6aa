/** The page `overview`, and what was selected in it. */
import { route } from '../api/route.ts';
import { workloadsOf } from '../kinds/workloads.ts';
import { Overview } from './overview.tsx';
import type { PageProps } from './pages.ts';
import { SelectedView } from './selected-view.tsx';

export default function OverviewPage({ cluster }: PageProps) {
  const { namespace, search } = route.value;
  const sources = {
    deployments: cluster.deployments.objects.value.values(),
    replicaSets: cluster.replicaSets.objects.value.values(),
    statefulSets: cluster.statefulSets.objects.value.values(),
    daemonSets: cluster.daemonSets.objects.value.values(),
    pods: cluster.pods.objects.value.values(),
  };
  const filter = { namespace, search };
  const workloads = workloadsOf(sources, filter);
  return (
    <>
      <Overview cluster={cluster} workloads={workloads} filter={filter} />
      <SelectedView cluster={cluster} />
    </>
  );
}
