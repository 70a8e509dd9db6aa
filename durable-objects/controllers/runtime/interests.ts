/** The changes of the log that some controller may act on, recognised without parsing them. */
import { type GroupResource, keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import type { Cursor } from '../../follow/cursor.ts';
import type { ObjectChange } from './controller.ts';
import type { ControllerWorker } from './controller-worker.ts';
import type { Change, LogPort } from './ports.ts';
import { isOwnedOrDeleting, isProjected, type ViewCache } from './view/view-cache.ts';

const OWNERS = '"ownerReferences"';

export class Interests {
  private readonly log: LogPort;
  private readonly cursor: Cursor;
  private readonly workers: readonly ControllerWorker[];
  /** Resources that a controller follows by name. */
  readonly routed: ReadonlySet<GroupResource>;
  /** The workers that follow a resource, by its name or by `*`. */
  private readonly byResource = new Map<GroupResource, readonly ControllerWorker[]>();

  constructor(log: LogPort, cursor: Cursor, workers: readonly ControllerWorker[]) {
    this.log = log;
    this.cursor = cursor;
    this.workers = workers;
    this.routed = new Set(workers.flatMap(({ resources }) => resources));
  }

  /** Hands a change to the controllers that follow its resource. */
  map(change: ObjectChange, view: ViewCache): void {
    const resource = change.key.slice(0, change.key.indexOf('/'));
    for (const worker of this.followers(resource)) worker.map(change, view);
  }

  private followers(resource: GroupResource): readonly ControllerWorker[] {
    // Resources of definitions come and go, so the map has an entry only for those that a controller names.
    const name = this.routed.has(resource) ? resource : '*';
    let followers = this.byResource.get(name);
    if (!followers) {
      followers = this.workers.filter((worker) => worker.follows(name));
      this.byResource.set(name, followers);
    }
    return followers;
  }

  /** For a change that none acts on, nothing is read and no guard is set: each guard is two billed rows. */
  mayBringWork(change: Change): boolean {
    const { key, previous, text } = change;
    if (!isProjected(key)) return false;
    if (change.change === 'delete') return true;
    const resource = key.slice(0, key.indexOf('/'));
    if (this.routed.has(resource) && this.followers(resource).some((worker) => worker.mayConcern(resource, change)))
      return true;
    return isOwnedOrDeleting(text) || this.mayRelease(previous);
  }

  /** Whether a view keeps nothing of an object as it is now or was before, and no controller acts on the change. */
  isOfNone(change: Change, view: ViewCache): boolean {
    const { key, revision } = change;
    const { resource, namespace } = parseKey(key);
    if (view.isFollowed(resource) || view.known(key) || view.isScanned(revision)) return false;
    // A namespace that is being deleted waits for every object in it.
    if (namespace !== '' && view.known(keyOf('namespaces', '', namespace))?.deleting) return false;
    return !this.mayBringWork(change);
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
