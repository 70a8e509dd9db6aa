/** The cluster at a glance: nodes with their pods, workloads, the story of the last apply, events. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Cluster } from '../api/cluster.ts';
import { isShown } from '../kinds/event.ts';
import type { Filter } from '../kinds/filter.ts';
import type { Workloads } from '../kinds/workloads.ts';
import { EventList } from './event-list.tsx';
import { LastApply } from './last-apply.tsx';
import { NodeGrid } from './node-grid.tsx';
import { WorkloadTable } from './workload-table.tsx';

const EVENTS_SHOWN = 30;

export function Overview({ cluster, workloads, filter }: { cluster: Cluster; workloads: Workloads; filter: Filter }) {
  const { nodes, namespaces, deployments, pods, events } = cluster;
  const shown = [...events.objects.value.values()].filter((event) => isShown(event, filter));
  return (
    <div class="overview">
      <div class="column">
        <section class="card" aria-label="Nodes">
          <h2>Nodes</h2>
          <Loading until={[nodes]}>{() => <NodeGrid cluster={cluster} pods={workloads.pods} />}</Loading>
        </section>
        <section class="card" aria-label="Workloads">
          <h2>Workloads</h2>
          <Loading until={[deployments, pods, namespaces]}>
            {() => <WorkloadTable cluster={cluster} workloads={workloads} filter={filter} />}
          </Loading>
        </section>
      </div>
      <div class="column">
        <section class="card" aria-label="Last apply">
          <h2>The last change, step by step</h2>
          <Loading until={[deployments]}>{() => <LastApply cluster={cluster} workloads={workloads.owned} />}</Loading>
        </section>
        <section class="card" aria-label="Events">
          <h2>Events</h2>
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
  return until.every(({ complete }) => complete.value) ? children() : <p class="empty">Loading …</p>;
}
