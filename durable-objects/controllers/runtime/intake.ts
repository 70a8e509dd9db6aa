/** Takes changes into the view, and turns them into keys. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Controller, Seen } from './controller.ts';
import { Mapper, seen, seenAsNew } from './mapper.ts';
import { versionPart } from './paths.ts';
import type { Change, LogPort, ReadPort } from './ports.ts';
import type { Projection } from './view.ts';
import type { ViewCache } from './view-cache.ts';

const PAUSE_EVERY = 500;

/** A controller should look at a key, because of a revision. */
export type Want = (controller: Controller, key: Key, revision: number) => void;

export class Intake {
  private readonly mapper: Mapper;
  private readonly log: LogPort;
  private readonly want: Want;
  private readonly versions = new Map<GroupResource, string>();

  constructor(controllers: readonly Controller[], log: LogPort, want: Want) {
    this.mapper = new Mapper(controllers);
    this.log = log;
    this.want = want;
  }

  /** The version in which objects of a resource were seen, where it is not `v1`. */
  versionOf(resource: GroupResource): string | undefined {
    return this.versions.get(resource);
  }

  /** A change that was just committed. */
  fresh(view: ViewCache, change: Change): void {
    const object = JSON.parse(change.text) as KubeObject;
    const before = this.before(view, change);
    let after: Projection | undefined;
    if (change.change === 'delete') view.remove(change.key, change.revision);
    else {
      after = view.put(change.key, change.revision, object);
      this.learnVersion(after);
    }
    this.map(seen(change, before, after, object), view);
  }

  /** A change from before the view was built: the view knows this state, or a later one. */
  old(view: ViewCache, change: Change): void {
    const object = JSON.parse(change.text) as KubeObject;
    const after = change.change === 'delete' ? undefined : view.describe(change.key, change.revision, object);
    this.map(seen(change, this.previous(view, change), after, object), view);
  }

  /** Everything there is, as if it were new. `pause` lets requests in between. */
  async everything(view: ViewCache, read: ReadPort, pause: () => Promise<void>): Promise<void> {
    this.learn(view);
    let mapped = 0;
    for (const projection of view.all()) {
      const text = () => read.get(projection.key)?.text ?? '{"metadata":{}}';
      this.map(seenAsNew(projection, text), view);
      if (++mapped % PAUSE_EVERY === 0) await pause();
    }
  }

  /** Versions, of a view that was built by a scan. */
  learn(view: ViewCache): void {
    for (const projection of view.all()) this.learnVersion(projection);
  }

  private map(change: Seen, view: ViewCache): void {
    this.mapper.map(change, view, (controller, key) => this.want(controller, key, change.revision));
  }

  /** What was known before: from the log when the scan of this wake already found the newer state. */
  private before(view: ViewCache, change: Change): Projection | undefined {
    const known = view.projection(change.key);
    if (!known || known.revision < change.revision || change.previous === 0) return known;
    return this.previous(view, change);
  }

  private previous(view: ViewCache, { previous }: Change): Projection | undefined {
    const entry = previous > 0 ? this.log.at(previous) : undefined;
    return entry && view.describe(entry.key, entry.revision, JSON.parse(entry.text) as KubeObject);
  }

  private learnVersion({ resource, apiVersion }: Projection): void {
    const version = versionPart(apiVersion);
    if (version !== 'v1') this.versions.set(resource, version);
  }
}
