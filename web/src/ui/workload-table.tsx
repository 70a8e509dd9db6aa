/** Deployments and other owners with their pods, then the pods that nothing owns. */
import { useState } from 'preact/hooks';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo, route } from '../api/route.ts';
import type { Filter } from '../kinds/filter.ts';
import { DEPLOYMENTS, PODS } from '../kinds/ids.ts';
import { podReady, podStatus } from '../kinds/pod.ts';
import { isBroken, madeAt, readiness, type Workload, type Workloads } from '../kinds/workloads.ts';
import { Age } from './age.tsx';
import { t } from './messages.ts';
import { Restarts } from './restarts.tsx';

/** More pods of one owner than this are folded away; fewer are shown where there are many owners. */
const PODS_SHOWN = 12;
const PODS_SHOWN_OF_MANY = 3;
const MANY_OWNERS = 8;

export function WorkloadTable({
  cluster,
  workloads: { owned, unowned },
  filter,
}: {
  cluster: Cluster;
  workloads: Workloads;
  filter: Filter;
}) {
  if (owned.length === 0 && unowned.length === 0) return <NothingHere cluster={cluster} filter={filter} />;
  const most = owned.length > MANY_OWNERS ? PODS_SHOWN_OF_MANY : PODS_SHOWN;
  const withNamespace = filter.namespace === undefined;
  return (
    <table class="workloads">
      <thead>
        <tr>
          <th>{t('name')}</th>
          <th>{t('status')}</th>
          <th>{t('restarts')}</th>
          <th>{t('age')}</th>
        </tr>
      </thead>
      <tbody>
        {owned.map((workload) => (
          <OwnerRows key={workload.uid} workload={workload} most={most} withNamespace={withNamespace} />
        ))}
        <PodRows pods={unowned} most={PODS_SHOWN} withNamespace={withNamespace} />
      </tbody>
    </table>
  );
}

function NothingHere({ cluster, filter: { namespace, search } }: { cluster: Cluster; filter: Filter }) {
  if (namespace && !cluster.namespaces.objects.value.has(`/${namespace}`)) {
    return <p class="empty">{t('noNamespace', { name: namespace })}</p>;
  }
  if (search) {
    return <p class="empty">{namespace ? t('noWorkloadIn', { namespace, search }) : t('noWorkload', { search })}</p>;
  }
  const option = namespace ? ` --namespace=${namespace}` : '';
  const line = <code>kubectl create deployment hello --image=nginx:1.14.2 --replicas=3{option}</code>;
  return (
    <p class="empty">{namespace ? t.parts('nothingRunsIn', { namespace, line }) : t.parts('nothingRuns', { line })}</p>
  );
}

function OwnerRows({ workload, most, withNamespace }: { workload: Workload; most: number; withNamespace: boolean }) {
  const { kind, namespace, name, deployment, pods } = workload;
  const broken = pods.filter(isBroken).length;
  const title = (
    <>
      {kind}/{name} {withNamespace && <span class="quiet">{namespace}</span>}
    </>
  );
  return (
    <>
      <tr class={deployment && isSelected(DEPLOYMENTS, namespace, name) ? 'is-selected' : ''}>
        <td class="name">
          {deployment ? (
            <a href={linkTo({ selected: { kind: DEPLOYMENTS, namespace, name }, tab: undefined })}>{title}</a>
          ) : (
            title
          )}
        </td>
        <td class="status">
          {kind === 'job' ? t('podCount', { count: pods.length }) : <ReadyBar {...readiness(workload)} />}
          {broken > 0 && <span class="bad"> {t('failing', { count: broken })}</span>}
        </td>
        <td />
        <td class="number">
          <Age since={madeAt(workload)} />
        </td>
      </tr>
      <PodRows pods={pods} most={most} child />
    </>
  );
}

function ReadyBar({ ready, wanted }: { ready: number; wanted: number }) {
  return (
    <span class="number">
      <span class="ready-bar">
        <i style={{ width: `${wanted === 0 ? 100 : Math.min(100, (ready / wanted) * 100)}%` }} />
      </span>
      {t('readyOf', { ready, wanted })}
    </span>
  );
}

interface PodRowsProps {
  pods: Pod[];
  most: number;
  /** Beneath an owner. */
  child?: boolean;
  withNamespace?: boolean;
}

function PodRows({ pods, most, child, withNamespace }: PodRowsProps) {
  const [open, setOpen] = useState(false);
  const rest = pods.length - most;
  return (
    <>
      {(open ? pods : pods.slice(0, most)).map((pod) => (
        <PodRow key={pod.metadata.uid} pod={pod} child={child} withNamespace={withNamespace} />
      ))}
      {rest > 0 && (
        <tr class={child ? 'child more' : 'more'}>
          <td class="name" colSpan={4}>
            <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? t('showOnly', { count: most }) : t('showMore', { count: rest })}
            </button>
          </td>
        </tr>
      )}
    </>
  );
}

function PodRow({ pod, child, withNamespace }: { pod: Pod; child?: boolean; withNamespace?: boolean }) {
  const { namespace = '', name = '', creationTimestamp } = pod.metadata;
  const { text, tone } = podStatus(pod);
  const classes = [child && 'child', isSelected(PODS, namespace, name) && 'is-selected'];
  return (
    <tr class={classes.filter(Boolean).join(' ')} data-pod={name}>
      <td class="name">
        <a href={linkTo({ selected: { kind: PODS, namespace, name }, tab: undefined })}>
          {name} {withNamespace && <span class="quiet">{namespace}</span>}
        </a>
      </td>
      <td class="status">
        <span class={tone}>{text}</span> <span class="quiet">{podReady(pod)}</span>
      </td>
      <td class="number restarts">
        <Restarts pod={pod} />
      </td>
      <td class="number">
        <Age since={creationTimestamp} />
      </td>
    </tr>
  );
}

function isSelected(kind: string, namespace: string, name: string): boolean {
  const { selected } = route.value;
  return selected?.kind === kind && selected.namespace === namespace && selected.name === name;
}
