/** A terminal beside a pod. Its code is loaded when it is opened. */
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { Lazy } from '../ui/lazy.tsx';

const load = () => import('./terminal-panel.tsx');

export function PodTerminal({ cluster, pod }: { cluster: Cluster; pod: Pod }) {
  return <Lazy key={pod.metadata.uid} load={load} props={{ cluster, pod }} />;
}
