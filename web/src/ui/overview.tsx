/** The cluster at a glance: nodes with their pods, workloads, the story of the last apply, events. */
import type { Cluster } from '../api/cluster.ts';
import { EventList } from './event-list.tsx';
import { NodeGrid } from './node-grid.tsx';
import { LastApply } from './story.tsx';
import { Workloads } from './workloads.tsx';

const EVENTS_SHOWN = 30;

export function Overview({ cluster }: { cluster: Cluster }) {
  return (
    <main>
      <div class="column">
        <section class="card" aria-label="Nodes">
          <h2>Nodes</h2>
          <NodeGrid cluster={cluster} />
        </section>
        <section class="card" aria-label="Workloads">
          <h2>Workloads</h2>
          <Workloads cluster={cluster} />
        </section>
      </div>
      <div class="column">
        <section class="card" aria-label="Last apply">
          <h2>The way of the last apply</h2>
          <LastApply cluster={cluster} />
        </section>
        <section class="card" aria-label="Events">
          <h2>Events</h2>
          <EventList events={[...cluster.events.objects.value.values()]} most={EVENTS_SHOWN} />
        </section>
      </div>
    </main>
  );
}
