/** A change of the log with what the view knew of the object before it, and knows after it. */
import { parseExact } from '../../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { sharedObject } from '../../../../kube/machinery/shared-object.ts';
import type { ObjectChange } from '../controller.ts';
import type { Change, LogPort } from '../ports.ts';
import type { Projection } from './projection.ts';
import type { ViewCache } from './view-cache.ts';

/** Takes a change that was just committed into the view. */
export function takeIn(view: ViewCache, log: LogPort, change: Change): ObjectChange {
  const object = sharedObject(change);
  const before = beforeOf(view, log, change);
  let after: Projection | undefined;
  if (change.change === 'delete') view.remove(change.key, change.revision, object);
  else after = view.put(change.key, change.revision, object);
  return objectChange(change, before, after, object);
}

/**
 * A change that the view has taken in before, or from before the view was built: it knows this state, or a later one.
 */
export function recall(view: ViewCache, log: LogPort, change: Change): ObjectChange {
  const known = view.known(change.key);
  // Most objects were not changed again since.
  if (known?.revision === change.revision) return objectChange(change, previousOf(view, log, change), known);
  const object = sharedObject(change);
  let after: Projection | undefined;
  if (change.change === 'delete') view.remove(change.key, change.revision, object);
  else after = view.describe(change.key, change.revision, object);
  return objectChange(change, previousOf(view, log, change), after, object);
}

/** An object that is there, as if it had just been created. `text` is read on first use. */
export function asCreated(projection: Projection, text: () => string): ObjectChange {
  const change: Change = {
    key: projection.key,
    revision: projection.revision,
    created: projection.revision,
    change: 'create',
    previous: 0,
    get text() {
      return text();
    },
    cause: { kind: 'system', at: 0, why: 'requeue' },
  };
  return objectChange(change, undefined, projection);
}

/** The state before a change: from the log where the scan of this wake already found the newer state. */
function beforeOf(view: ViewCache, log: LogPort, change: Change): Projection | undefined {
  if (change.previous === 0) return undefined;
  const known = view.known(change.key);
  if (known ? known.revision < change.revision : !view.isScanned(change.revision)) return known;
  return previousOf(view, log, change);
}

function previousOf(view: ViewCache, log: LogPort, { previous }: Change): Projection | undefined {
  const entry = previous > 0 ? readAt(log, previous) : undefined;
  return entry && view.describe(entry.key, entry.revision, parseExact(entry.text) as KubeObject);
}

/** undefined where the log no longer holds it, or it cannot be decrypted. */
function readAt(log: LogPort, revision: number): Change | undefined {
  try {
    return log.at(revision);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'unreadable') return undefined;
    throw error;
  }
}

function objectChange(
  change: Change,
  before: Projection | undefined,
  after: Projection | undefined,
  object?: KubeObject,
): ObjectChange {
  let parsed = object;
  return {
    key: change.key,
    revision: change.revision,
    created: change.created,
    change: change.change,
    previous: change.previous,
    get text() {
      return change.text;
    },
    cause: change.cause,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    get object() {
      parsed ??= parseExact(change.text) as KubeObject;
      return parsed;
    },
  };
}
