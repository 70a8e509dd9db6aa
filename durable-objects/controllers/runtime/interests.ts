/** The changes of the log that some controller may act on, recognised without parsing them. */
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { ControllerWorker } from './controller-worker.ts';
import type { Change } from './ports.ts';
import { isProjected } from './view-cache.ts';

export class Interests {
  private readonly workers: readonly ControllerWorker[];
  /** Resources that a controller follows by name. */
  readonly routed: ReadonlySet<GroupResource>;

  constructor(workers: readonly ControllerWorker[]) {
    this.workers = workers;
    this.routed = new Set(workers.flatMap(({ resources }) => resources));
  }

  /** For a change that none acts on, nothing is read and no guard is set: each guard is two billed rows. */
  mayBringWork({ key, change, text }: Change): boolean {
    if (!isProjected(key)) return false;
    if (change === 'delete') return true;
    const resource = key.slice(0, key.indexOf('/'));
    if (this.routed.has(resource) && this.workers.some((worker) => worker.mayConcern(resource, key))) return true;
    return text.includes('"ownerReferences"') || text.includes('"deletionTimestamp"');
  }
}
