/**
 * Hints that spread a Service's endpoints over zones as their nodes' CPUs are (upstream `endpointslice/topologycache`).
 * Upstream remembers which Services have such hints; here their slices tell.
 */
import type { Endpoint } from '../../../kube/types.ts';
import type { View } from '../runtime/view/view.ts';
import { isReady, withHints } from './endpoint-hints.ts';
import { ZONE } from './endpoints.ts';
import { type Drafts, removeHints, take } from './hints.ts';
import { nodeTopology } from './node-topology.ts';
import type { OwnSlice } from './own-slices.ts';

export interface HintsEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

interface Allocation {
  minimum: number;
  maximum: number;
  desired: number;
}

const OVERLOAD = 0.2;
const ENABLED = 'Topology Aware Hints has been enabled';
export const TURNED_OFF = 'Topology Aware Hints has been disabled';
const NO_ZONE = 'One or more endpoints do not have a zone specified';
const NO_HINTS = 'No hints allocated for zones';
const TOO_LITTLE_KNOWN = 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
const TOO_FEW = 'Insufficient number of endpoints';
const TOO_UNEVEN = 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold';

export const disabled = (why: string): HintsEvent => ({
  type: 'Warning',
  reason: 'TopologyAwareHintsDisabled',
  message: why,
});

/** The share of all CPUs that each zone has; undefined where it is not known, or there is but one. */
export function zoneRatios(view: View): Map<string, number> | undefined {
  const byZone = new Map<string, number>();
  let total = 0;
  for (const node of view.projections('nodes', '')) {
    const facts = nodeTopology.of(node);
    if (!facts) continue;
    const zone = node.labels[ZONE];
    if (!zone || facts.cpu === 0) return undefined;
    byZone.set(zone, (byZone.get(zone) ?? 0) + facts.cpu);
    total += facts.cpu;
  }
  if (total === 0 || byZone.size < 2) return undefined;
  return new Map([...byZone].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, cpu]) => [zone, cpu / total]));
}

/** Changes the drafts. `wasOn`: the Service has hints already. */
export function addHints(drafts: Drafts, ratios: Map<string, number> | undefined, wasOn: boolean): HintsEvent[] {
  const off = (why: string): HintsEvent[] => {
    removeHints(drafts);
    return [disabled(why)];
  };
  const allocations = allocate(readyOnes(drafts), ratios);
  if (typeof allocations === 'string') return off(allocations);
  const hinted = new Map<string, number>();
  take(drafts, ({ whole }) => !takeIn(whole.endpoints ?? [], hinted, allocations));
  const open = [...drafts.create, ...drafts.update];
  if (open.some(({ endpoints }) => endpoints.some((one) => isReady(one) && !one.zone))) return off(NO_ZONE);
  for (const draft of open) {
    draft.endpoints = draft.endpoints.map((endpoint) => {
      const zone = isReady(endpoint) ? endpoint.zone : undefined;
      if (zone) add(hinted, zone, 1);
      return forZone(endpoint, zone);
    });
  }
  const { giving, receiving } = exchange(allocations, hinted);
  for (const draft of open) {
    draft.endpoints = draft.endpoints.map((endpoint) => {
      const from = isReady(endpoint) ? (endpoint.zone ?? '') : '';
      const to = giving.get(from) ? [...receiving].find(([, left]) => left > 0)?.[0] : undefined;
      if (to === undefined) return endpoint;
      add(giving, from, -1);
      add(receiving, to, -1);
      return forZone(endpoint, to);
    });
  }
  if (hinted.size === 0) return off(NO_HINTS);
  return wasOn ? [] : [{ type: 'Normal', reason: 'TopologyAwareHintsEnabled', message: ENABLED }];
}

/** A zone has fewer hints than its share asks for (`serviceOverloaded`). */
export function isOverloaded(slices: readonly OwnSlice[], ratios: Map<string, number> | undefined): boolean {
  const hinted = new Map<string, number>();
  let total = 0;
  for (const { whole } of slices) {
    for (const { hints } of whole.endpoints ?? []) {
      for (const { name } of hints?.forZones ?? []) {
        add(hinted, name, 1);
        total++;
      }
    }
  }
  if (total === 0) return false;
  if (!ratios) return true;
  return [...ratios].some(
    ([zone, ratio]) => !hinted.has(zone) || (hinted.get(zone) ?? 0) < Math.ceil((total * ratio) / (1 + OVERLOAD)),
  );
}

export function hasZoneHints({ digest, whole }: OwnSlice): boolean {
  return digest.hints.any && (whole.endpoints ?? []).some(({ hints }) => (hints?.forZones?.length ?? 0) > 0);
}

function forZone(endpoint: Endpoint, zone: string | undefined): Endpoint {
  return withHints(endpoint, zone === undefined ? undefined : { forZones: [{ name: zone }] });
}

function readyOnes({ create, update, unchanged }: Drafts): number {
  const written = [...create, ...update].reduce((sum, { endpoints }) => sum + endpoints.filter(isReady).length, 0);
  return unchanged.reduce((sum, { digest }) => sum + digest.shown.filter(({ ready }) => ready).length, written);
}

/** How many endpoints each zone is to have, or the reason for none. */
function allocate(count: number, ratios: Map<string, number> | undefined): Map<string, Allocation> | string {
  if (!ratios) return TOO_LITTLE_KNOWN;
  const numbers = `(${count} endpoints, ${ratios.size} zones)`;
  if (ratios.size > count) return `${TOO_FEW} ${numbers}`;
  const allocations = new Map<string, Allocation>();
  let least = 0;
  for (const [zone, ratio] of ratios) {
    const minimum = Math.ceil(ratio * count * (1 / (1 + OVERLOAD)));
    allocations.set(zone, { minimum, maximum: 0, desired: Math.max(ratio * count, minimum) });
    least += minimum;
    if (least > count) return `${TOO_UNEVEN} ${numbers}`;
  }
  for (const allocation of allocations.values()) allocation.maximum = allocation.minimum + count - least;
  return allocations;
}

/** Adds the hints of an unchanged slice's endpoints; false where they must become others, and then adds none. */
function takeIn(endpoints: readonly Endpoint[], hinted: Map<string, number>, all: Map<string, Allocation>): boolean {
  const own = new Map<string, number>();
  for (const endpoint of endpoints) {
    if (!isReady(endpoint)) continue;
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0 || zones.some(({ name }) => !all.has(name))) return false;
    for (const { name } of zones) add(own, name, 1);
  }
  for (const [zone, count] of own) {
    if (count + (hinted.get(zone) ?? 0) > (all.get(zone)?.maximum ?? 0)) return false;
  }
  for (const [zone, count] of own) add(hinted, zone, count);
  return true;
}

/** How many endpoints zones give to others, and take from them (`getGivingAndReceivingZones`). */
function exchange(
  allocations: Map<string, Allocation>,
  hinted: Map<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const [tooMany, tooFew] = [new Map<string, number>(), new Map<string, number>()];
  for (const [zone, { desired }] of allocations) {
    const over = (hinted.get(zone) ?? 0) - desired;
    if (over > 0) tooMany.set(zone, over);
    else if (over < 0) tooFew.set(zone, -over);
  }
  const [giving, receiving] = [new Map<string, number>(), new Map<string, number>()];
  for (;;) {
    const [from, give] = most(tooMany);
    const [to, need] = most(tooFew);
    if (from === '' || to === '' || (give < 1 && need < 1) || give < 0.5 || need < 0.5) return { giving, receiving };
    add(giving, from, 1);
    add(tooMany, from, -1);
    add(receiving, to, 1);
    add(tooFew, to, -1);
  }
}

function most(zones: Map<string, number>): [string, number] {
  let found: [string, number] = ['', 0];
  for (const entry of zones) if (entry[1] > found[1]) found = entry;
  return found;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
