/**
 * The endpoints of a group in slices, with as few writes as can be (upstream `reconcileByPortMapping` of
 * `endpointslice/reconciler.go`).
 */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import { endpointId, isSameEndpoint, type Port, type PortGroup } from './endpoints.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';
const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);
/** upstream's `--max-endpoints-per-slice` */
const MAX_ENDPOINTS = 100;

/** The new content of a slice. */
export interface Draft {
  /** The slice as it is; undefined for one that is to be made. */
  slice?: EndpointSlice;
  labels: Record<string, string>;
  ports: Port[];
  endpoints: Endpoint[];
}

export interface Packing {
  create: Draft[];
  update: Draft[];
  remove: EndpointSlice[];
}

/** Takes out of `group` what is in slices already. Hints are added later. */
export function pack(group: PortGroup, present: readonly EndpointSlice[], labels: Record<string, string>): Packing {
  const { ports, endpoints: missing } = group;
  const update: Draft[] = [];
  const remove: EndpointSlice[] = [];
  const unchanged: EndpointSlice[] = [];
  for (const slice of present) {
    const before = slice.endpoints ?? [];
    const kept: Endpoint[] = [];
    let changed = false;
    for (const endpoint of before) {
      const id = endpointId(endpoint);
      const now = missing.get(id);
      if (!now) continue;
      missing.delete(id);
      changed ||= !isSameEndpoint(endpoint, now);
      kept.push(now);
    }
    changed ||= kept.length !== before.length;
    if (changed && kept.length === 0) remove.push(slice);
    else if (changed || hasOtherLabels(slice, labels)) {
      update.push({ slice, labels, ports: slice.ports ?? [], endpoints: kept });
    } else unchanged.push(slice);
  }
  const rest = [...missing.values()];
  // Slices that are written anyway take new ones first, the fullest before others.
  const fullest = [...update].sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of fullest) fill(draft, rest);
  const create: Draft[] = [];
  while (rest.length > 0) {
    const slice = rest.length < MAX_ENDPOINTS ? sliceWithRoom(unchanged, rest.length) : undefined;
    const draft: Draft = slice
      ? {
          slice,
          labels: slice.metadata.labels ?? {},
          ports: slice.ports ?? [],
          endpoints: [...(slice.endpoints ?? [])],
        }
      : { labels, ports, endpoints: [] };
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
function sliceWithRoom(slices: readonly EndpointSlice[], count: number): EndpointSlice | undefined {
  let [closest, left] = [undefined as EndpointSlice | undefined, MAX_ENDPOINTS];
  for (const slice of slices) {
    const room = MAX_ENDPOINTS - count - (slice.endpoints?.length ?? 0);
    if (room >= 0 && room < left) [closest, left] = [slice, room];
  }
  return closest;
}

export function labelsFor({ metadata, spec }: Service): Record<string, string> {
  const labels = withoutReserved(metadata.labels);
  if (!spec?.clusterIP || spec.clusterIP === 'None') labels[HEADLESS] = '';
  labels[SERVICE_NAME] = metadata.name ?? '';
  labels[MANAGED_BY] = MANAGER;
  return labels;
}

/** Those that only endpoint controllers set are no reason for a write. */
function hasOtherLabels({ metadata }: EndpointSlice, labels: Record<string, string>): boolean {
  return !sameJson(withoutReserved(metadata.labels), withoutReserved(labels));
}

function withoutReserved(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name of Object.keys(labels)) if (!RESERVED.has(name)) others[name] = labels[name] ?? '';
  return others;
}
