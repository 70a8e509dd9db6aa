/** The use of an object's CPU and memory beside it. The code of charts is loaded when they are opened. */
import { useMemo } from 'preact/hooks';
import {
  formatSelector,
  type LabelSelectorObject,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { podsOf } from '../logs/targets.ts';
import { Lazy } from '../ui/lazy.tsx';
import { t } from './messages.ts';

const load = () => import('./usage-view.tsx');

/** Of all nodes, or one. */
export function NodeUsage({ cluster, name }: { cluster: Cluster; name?: string }) {
  if (cluster.past) return <OfNow />;
  const nodes = nodesOf(cluster).filter(({ metadata }) => name === undefined || metadata.name === name);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const pods = [...cluster.pods.objects.value.values()].filter(({ spec }) => names.has(spec?.nodeName ?? ''));
  if (!cluster.nodes.complete.value || !cluster.pods.complete.value) return <p class="empty">{t('loading')}</p>;
  const subject = name === undefined ? ({ of: 'nodes' } as const) : ({ of: 'node', name } as const);
  return <Lazy key={name} load={load} props={{ cluster, subject, pods, nodes }} />;
}

export function PodUsage({ cluster, pod }: { cluster: Cluster; pod: Pod }) {
  if (cluster.past) return <OfNow />;
  const { uid, namespace = '', name = '' } = pod.metadata;
  const subject = { of: 'pod', namespace, name } as const;
  return <Lazy key={uid} load={load} props={{ cluster, subject, pods: [pod], nodes: nodesOf(cluster) }} />;
}

interface WorkloadUsageProps {
  cluster: Cluster;
  namespace: string;
  selector: LabelSelectorObject | undefined;
}

export function WorkloadUsage({ cluster, namespace, selector }: WorkloadUsageProps) {
  const chosen = useMemo(() => selectorFromObject(selector), [JSON.stringify(selector)]);
  if (cluster.past) return <OfNow />;
  const pods = podsOf(cluster.pods.objects.value.values(), { namespace, selector: chosen });
  const subject = { of: 'pods', namespace, selector: formatSelector(chosen) } as const;
  return <Lazy load={load} props={{ cluster, subject, pods, nodes: nodesOf(cluster) }} />;
}

function nodesOf(cluster: Cluster): Node[] {
  return [...cluster.nodes.objects.value.values()];
}

function OfNow() {
  return (
    <p class="notice">
      {t('ofNow')}{' '}
      <a class="button" href={linkTo({ at: undefined })}>
        {t('toNow')}
      </a>
    </p>
  );
}
