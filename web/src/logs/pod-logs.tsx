/** Logs beside an object: of a pod, or of the pods that a workload selects. Their code is loaded when they are opened. */
import { useMemo } from 'preact/hooks';
import { type LabelSelectorObject, selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { Lazy } from '../ui/lazy.tsx';
import { podsOf } from './targets.ts';

const load = () => import('./log-panel.tsx');

export function PodLogs({ cluster, pod }: { cluster: Cluster; pod: Pod }) {
  const { uid, name = '' } = pod.metadata;
  return <Lazy key={uid} load={load} props={{ cluster, pods: [pod], name }} />;
}

interface WorkloadLogsProps {
  cluster: Cluster;
  namespace: string;
  name: string;
  selector: LabelSelectorObject | undefined;
}

export function WorkloadLogs({ cluster, namespace, name, selector }: WorkloadLogsProps) {
  const chosen = useMemo(() => selectorFromObject(selector), [JSON.stringify(selector)]);
  const pods = podsOf(cluster.pods.objects.value.values(), { namespace, selector: chosen });
  return <Lazy load={load} props={{ cluster, pods, name }} />;
}
