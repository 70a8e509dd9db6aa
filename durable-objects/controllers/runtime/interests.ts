/** The changes of the log that some controller may act on, recognised without parsing them. */
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { Cursor } from '../../follow/cursor.ts';
import type { ControllerWorker } from './controller-worker.ts';
import type { Change, LogPort } from './ports.ts';
import { isProjected } from './view/view-cache.ts';

const OWNERS = '"ownerReferences"';

export class Interests {
  private readonly log: LogPort;
  private readonly cursor: Cursor;
  private readonly workers: readonly ControllerWorker[];
  /** Resources that a controller follows by name. */
  readonly routed: ReadonlySet<GroupResource>;

  constructor(log: LogPort, cursor: Cursor, workers: readonly ControllerWorker[]) {
    this.log = log;
    this.cursor = cursor;
    this.workers = workers;
    this.routed = new Set(workers.flatMap(({ resources }) => resources));
  }

  /** For a change that none acts on, nothing is read and no guard is set: each guard is two billed rows. */
  mayBringWork({ key, change, previous, text }: Change): boolean {
    if (!isProjected(key)) return false;
    if (change === 'delete') return true;
    const resource = key.slice(0, key.indexOf('/'));
    if (this.routed.has(resource) && this.workers.some((worker) => worker.mayConcern(resource, key))) return true;
    return text.includes(OWNERS) || text.includes('"deletionTimestamp"') || this.mayRelease(previous);
  }

  /** Whether the object had owners before, one of which may wait to be deleted until it is no owner any more. */
  private mayRelease(previous: number): boolean {
    if (this.cursor.pending === undefined || previous === 0) return false;
    try {
      return this.log.at(previous)?.text.includes(OWNERS) ?? true;
    } catch {
      // A state that cannot be read may have had any.
      return true;
    }
  }
}
