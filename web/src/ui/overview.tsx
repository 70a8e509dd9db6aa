/** The cluster at a glance: nodes with their pods, workloads, the story of the last apply, events. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Cluster } from '../api/cluster.ts';
import { isShown } from '../kinds/event.ts';
import type { Filter } from '../kinds/filter.ts';
import type { Workloads } from '../kinds/workloads.ts';
import { EventList } from './event-list.tsx';
import { LastApply } from './last-apply.tsx';
import { t } from './messages.ts';
import { NodeGrid } from './node-grid.tsx';
import { WorkloadTable } from './workload-table.tsx';

const EVENTS_SHOWN = 30;

export function Overview({ cluster, workloads, filter }: { cluster: Cluster; workloads: Workloads; filter: Filter }) {
  const { nodes, namespaces, deployments, replicaSets, pods, events } = cluster;
  const shown = [...events.objects.value.values()].filter((event) => isShown(event, filter));
  return (
    <div class="overview">
      <div class="column">
        <section class="card" aria-label={t('nodes')}>
          <h2>{t('nodes')}</h2>
          <Loading until={[nodes]}>{() => <NodeGrid cluster={cluster} pods={workloads.pods} />}</Loading>
        </section>
        <section class="card" aria-label={t('workloads')}>
          <h2>{t('workloads')}</h2>
          <Loading until={[deployments, replicaSets, pods, namespaces]}>
            {() => <WorkloadTable cluster={cluster} workloads={workloads} filter={filter} />}
          </Loading>
        </section>
      </div>
      <div class="column">
        {!cluster.past && (
          <section class="card" aria-label={t('lastChange')}>
            <h2>{t('lastChange')}</h2>
            <Loading until={[deployments]}>{() => <LastApply cluster={cluster} workloads={workloads.owned} />}</Loading>
          </section>
        )}
        <section class="card" aria-label={t('events')}>
          <h2>{t('events')}</h2>
          <Loading until={[events]}>{() => <EventList events={shown} most={EVENTS_SHOWN} />}</Loading>
        </section>
      </div>
    </div>
  );
}

interface LoadingProps {
  until: readonly { complete: ReadonlySignal<boolean> }[];
  children: () => ComponentChildren;
}

/** An empty list is shown as empty only once all of it has been loaded. */
function Loading({ until, children }: LoadingProps) {
  return until.every(({ complete }) => complete.value) ? children() : <p class="empty">{t('loading')}</p>;
}
