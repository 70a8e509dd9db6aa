/**
 * The endpoints of a group in slices, with as few writes as can be (upstream `reconcileByPortMapping` of
 * `endpointslice/reconciler.go`).
 */
import type { Endpoint } from '../../../kube/types.ts';
import { endpointOf, isSameShown, type Member, type Port, type PortGroup } from './endpoints.ts';
import { isLabelled } from './labels.ts';
import type { OwnSlice } from './own-slices.ts';

/** upstream's `--max-endpoints-per-slice` */
const MAX_ENDPOINTS = 100;

/** The new content of a slice. */
export interface Draft {
  /** The slice as it is; undefined for one that is to be made. */
  slice?: OwnSlice;
  labels: Record<string, string>;
  ports: Port[];
  endpoints: Endpoint[];
}

/** A slice that is changed although its endpoints stay. */
export function draftOf(slice: OwnSlice): Draft {
  const { labels } = slice.projection;
  const { ports, endpoints } = slice.whole;
  return { slice, labels: { ...labels }, ports: ports ?? [], endpoints: [...(endpoints ?? [])] };
}

export interface Packing {
  create: Draft[];
  update: Draft[];
  remove: OwnSlice[];
}

/** Takes out of `group` what is in slices already. Hints are added later. */
export function pack(group: PortGroup, present: readonly OwnSlice[], labels: Record<string, string>): Packing {
  const { ports, members: missing } = group;
  const update: Draft[] = [];
  const remove: OwnSlice[] = [];
  const unchanged: OwnSlice[] = [];
  for (const slice of present) {
    const before = slice.digest.shown;
    const kept: Member[] = [];
    let changed = false;
    for (const one of before) {
      const now = missing.get(one.id);
      if (!now) continue;
      missing.delete(one.id);
      changed ||= !isSameShown(one, now);
      kept.push(now);
    }
    changed ||= kept.length !== before.length;
    if (changed && kept.length === 0) remove.push(slice);
    else if (changed || !isLabelled(slice.projection.labels, labels)) {
      update.push({ slice, labels, ports: slice.whole.ports ?? [], endpoints: kept.map(endpointOf) });
    } else unchanged.push(slice);
  }
  const rest = [...missing.values()].map(endpointOf);
  // Slices that are written anyway take new ones first, the fullest before others.
  const fullest = [...update].sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of fullest) fill(draft, rest);
  const create: Draft[] = [];
  while (rest.length > 0) {
    const slice = rest.length < MAX_ENDPOINTS ? sliceWithRoom(unchanged, rest.length) : undefined;
    const draft: Draft = slice ? draftOf(slice) : { labels, ports, endpoints: [] };
    fill(draft, rest);
    if (slice) unchanged.splice(unchanged.indexOf(slice), 1);
    (slice ? update : create).push(draft);
  }
  return { create, update, remove };
}

function fill(draft: Draft, rest: Endpoint[]): void {
  draft.endpoints.push(...rest.splice(0, Math.max(0, MAX_ENDPOINTS - draft.endpoints.length)));
}

/** The one that is fullest with so many more (`getSliceToFill`). */
function sliceWithRoom(slices: readonly OwnSlice[], count: number): OwnSlice | undefined {
  let [closest, left] = [undefined as OwnSlice | undefined, MAX_ENDPOINTS];
  for (const slice of slices) {
    const room = MAX_ENDPOINTS - count - slice.digest.shown.length;
    if (room >= 0 && room < left) [closest, left] = [slice, room];
  }
  return closest;
}
