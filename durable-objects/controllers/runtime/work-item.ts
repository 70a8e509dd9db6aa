/** An item of a controller's queue, and its name in the queue and in timer rows. */
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';

export const TIMER_PREFIX = 'controllers/';

export type WorkItem =
  /** To be reconciled. */
  | { readonly key: Key }
  /** A change of the log that could not be mapped to keys, to be mapped again. */
  | { readonly revision: number }
  /** A resource that is served now, or served otherwise. */
  | { readonly served: GroupResource }
  /** A node whose agent is connected now. */
  | { readonly connected: string };

/** A key always contains a slash, and never begins with these. */
const CHANGE = '#';
const SERVED = '+';
const CONNECTED = '@';

export function itemId(item: WorkItem): string {
  if ('key' in item) return item.key;
  if ('connected' in item) return `${CONNECTED}${item.connected}`;
  return 'revision' in item ? `${CHANGE}${item.revision}` : `${SERVED}${item.served}`;
}

export function parseItem(id: string): WorkItem {
  if (id.startsWith(CHANGE)) return { revision: Number(id.slice(1)) };
  if (id.startsWith(CONNECTED)) return { connected: id.slice(1) };
  return id.startsWith(SERVED) ? { served: id.slice(1) } : { key: id };
}

/** The id of the item's timer row. */
export function rowId(controller: string, id: string): string {
  return `${TIMER_PREFIX}${controller}/${id}`;
}

export function parseRowId(row: string): { controller: string; id: string } {
  const rest = row.slice(TIMER_PREFIX.length);
  const slash = rest.indexOf('/');
  return { controller: rest.slice(0, slash), id: rest.slice(slash + 1) };
}
