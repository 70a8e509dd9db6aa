/** Builds the view after a wake, and turns the changes that the controllers have missed into keys. */

import { parseExact } from '../../../../kube/machinery/exact-json.ts';
import { type GroupResource, keyPrefix } from '../../../../kube/machinery/resource.ts';
import { replay } from '../../../follow/catch-up.ts';
import type { ChangeFeed } from '../../../follow/change-feed.ts';
import type { Cursor } from '../../../follow/cursor.ts';
import type { ObjectChange } from '../controller.ts';
import type { ControllerWorker } from '../controller-worker.ts';
import type { ControllerManagerPorts } from '../manager-ports.ts';
import { asCreated, recall } from './object-change.ts';
import { pages } from './pages.ts';
import { isProjected, ViewCache } from './view-cache.ts';
import type { ViewSchema } from './view-schema.ts';

/** Projections that are mapped before others get a turn. */
const MAPPED_AT_ONCE = 500;

export interface LoadState {
  schema: ViewSchema;
  cursor: Cursor;
  feed: ChangeFeed;
  workers: readonly ControllerWorker[];
  /** Resources that a controller follows by name. */
  routed: ReadonlySet<GroupResource>;
  /** Lets requests in between. */
  pause(): Promise<void>;
}

export async function loadView(ports: ControllerManagerPorts, state: LoadState): Promise<ViewCache> {
  const { log, read, kinds } = ports;
  const { schema, cursor, feed, workers, pause } = state;
  const view = new ViewCache(read, schema, kinds, (error, about) => ports.report?.(error, about));
  const map = (change: ObjectChange): void => {
    for (const worker of workers) worker.map(change, view);
  };
  const start = log.revision;
  await view.rebuild(pause);
  // Changes committed before the scan began are in the view, and in the replay below.
  feed.skipTo(start);
  if (cursor.revision !== undefined) {
    const isReplayed = await replay(log, cursor.revision, start, pause, (change) => {
      if (!isProjected(change.key)) return;
      try {
        map(recall(view, log, change));
      } catch (error) {
        ports.report?.(error, change.key);
        for (const worker of workers) worker.mapLater(change.revision);
      }
    });
    if (isReplayed) return view;
  }
  await mapEverything(ports, state, view, map);
  // A cluster that is being made does not have everything yet.
  if (!cursor.isFirst) for (const worker of workers) worker.resync(view);
  return view;
}

/** Maps all objects that a controller may act on as if they were new. */
async function mapEverything(
  { read, report }: ControllerManagerPorts,
  { routed, pause }: LoadState,
  view: ViewCache,
  map: (change: ObjectChange) => void,
): Promise<void> {
  let mapped = 0;
  for (const projection of view.all()) {
    map(asCreated(projection, () => read.get(projection.key)?.text ?? '{"metadata":{}}'));
    if (++mapped % MAPPED_AT_ONCE === 0) await pause();
  }
  for (const resource of routed) {
    if (view.isFollowed(resource)) continue;
    for (const { items, next } of pages(read, keyPrefix(resource))) {
      for (const { key, revision, text } of items) {
        if (view.known(key)) continue;
        try {
          map(asCreated(view.describe(key, revision, parseExact(text)), () => text));
        } catch (error) {
          // As in the view's scan, one object that cannot be read holds up no other.
          report?.(error, key);
        }
      }
      if (next !== undefined) await pause();
    }
  }
}
