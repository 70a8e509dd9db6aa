/**
 * The seats that a request takes (apiserver `pkg/util/flowcontrol/request/list_work_estimator.go`): a list of many
 * objects takes several, all others one. Objects of a resource are counted anew after a while.
 */
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';

const OBJECTS_PER_SEAT = 100;
export const MAX_SEATS = 10;
const COUNT_LASTS_MS = 10_000;

export interface ListedBy {
  /** Under which the objects are stored. Clients make up names of others, and those are not counted. */
  resource: GroupResource | undefined;
  /** NaN or 0 for none. */
  limit: number;
  hasSelector: boolean;
}

export type ListWidth = (list: ListedBy) => number;

export function makeListWidth(count: (prefix: string) => number, now: () => number): ListWidth {
  const counted = new Map<GroupResource, { count: number; at: number }>();
  return ({ resource, limit, hasSelector }) => {
    if (resource === undefined) return 1;
    let known = counted.get(resource);
    if (!known || now() - known.at > COUNT_LASTS_MS) {
      known = { count: count(keyPrefix(resource)), at: now() };
      counted.set(resource, known);
    }
    // With a selector all are read, however few are shown.
    const read = limit > 0 && !hasSelector ? Math.min(limit, known.count) : known.count;
    return Math.max(1, Math.min(MAX_SEATS, Math.ceil(read / OBJECTS_PER_SEAT)));
  };
}
