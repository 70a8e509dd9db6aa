/** Takes changes into the view, and turns them into keys. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Controller, Seen } from './controller.ts';
import { Mapper, seen, seenAsNew } from './mapper.ts';
import { pages } from './pages.ts';
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

  constructor(controllers: readonly Controller[], log: LogPort, want: Want) {
    this.mapper = new Mapper(controllers);
    this.log = log;
    this.want = want;
  }

  /** A change that was just committed. */
  fresh(view: ViewCache, change: Change): void {
    const object = JSON.parse(change.text) as KubeObject;
    const before = this.before(view, change);
    let after: Projection | undefined;
    if (change.change === 'delete') view.remove(change.key, change.revision, object);
    else after = view.put(change.key, change.revision, object);
    this.map(seen(change, before, after, object), view);
  }

  /** A change from before the view was built: the view knows this state, or a later one. */
  old(view: ViewCache, change: Change): void {
    const object = JSON.parse(change.text) as KubeObject;
    let after: Projection | undefined;
    if (change.change === 'delete') view.remove(change.key, change.revision, object);
    else after = view.describe(change.key, change.revision, object);
    this.map(seen(change, this.previous(view, change), after, object), view);
  }

  /** Everything that somebody may act on, as if it were new. `pause` lets requests in between. */
  async everything(view: ViewCache, read: ReadPort, pause: () => Promise<void>): Promise<void> {
    let mapped = 0;
    for (const projection of view.all()) {
      const text = () => read.get(projection.key)?.text ?? '{"metadata":{}}';
      this.map(seenAsNew(projection, text), view);
      if (++mapped % PAUSE_EVERY === 0) await pause();
    }
    for (const resource of this.mapper.resources) {
      if (view.isFollowed(resource)) continue;
      for (const { items, next } of pages(read, keyPrefix(resource))) {
        for (const { key, revision, text } of items) {
          if (!view.known(key))
            this.map(
              seenAsNew(view.describe(key, revision, JSON.parse(text)), () => text),
              view,
            );
        }
        if (next !== undefined) await pause();
      }
    }
  }

  private map(change: Seen, view: ViewCache): void {
    this.mapper.map(change, view, (controller, key) => this.want(controller, key, change.revision));
  }

  /** What was known before: from the log when the scan of this wake already found the newer state. */
  private before(view: ViewCache, change: Change): Projection | undefined {
    if (change.previous === 0) return undefined;
    const known = view.known(change.key);
    if (known ? known.revision < change.revision : !view.isScanned(change.revision)) return known;
    return this.previous(view, change);
  }

  private previous(view: ViewCache, { previous }: Change): Projection | undefined {
    const entry = previous > 0 ? this.log.at(previous) : undefined;
    return entry && view.describe(entry.key, entry.revision, JSON.parse(entry.text) as KubeObject);
  }
}
