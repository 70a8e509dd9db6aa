/** The page `overview`, and what was selected in it. */
import { route } from '../api/route.ts';
import { workloadsOf } from '../kinds/workloads.ts';
import { Overview } from './overview.tsx';
import type { PageProps } from './pages.ts';
import { PageView } from './shell/page-view.tsx';

const loadSelected = () => import('../resources/detail/selected-object.tsx');

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
  return (
    <>
      <Overview cluster={cluster} workloads={workloads} filter={filter} />
      {selected && <PageView cluster={cluster} load={loadSelected} quiet />}
    </>
  );
}
