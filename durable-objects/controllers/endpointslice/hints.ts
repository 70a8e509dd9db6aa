/** Hints by `trafficDistribution` (upstream `endpointslice/trafficdist`), and slices whose hints are decided. */
import type { Service } from '../../../kube/types.ts';
import { isReady, nearHints, withHints } from './endpoint-hints.ts';
import type { OwnSlice } from './own-slices.ts';
import { type Draft, draftOf } from './packing.ts';

/** The slices of one address family that a run makes, changes and leaves. */
export interface Drafts {
  create: Draft[];
  update: Draft[];
  unchanged: OwnSlice[];
}

/** Values of `trafficDistribution`. */
const NEAR: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode']);

/** The older annotation goes before the other. */
export function hasTopologyMode(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const mode =
    annotations?.['service.kubernetes.io/topology-aware-hints'] ?? annotations?.['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/** Hints by the field, or none. */
export function distribute({ spec }: Service, drafts: Drafts): void {
  const distribution = spec?.trafficDistribution;
  if (distribution === undefined || !NEAR.has(distribution)) {
    removeHints(drafts);
    return;
  }
  const nodes = distribution === 'PreferSameNode';
  take(drafts, ({ digest }) => !(nodes ? digest.hints.nodes : digest.hints.zones));
  for (const draft of [...drafts.create, ...drafts.update]) {
    draft.endpoints = draft.endpoints.map((one) => withHints(one, isReady(one) ? nearHints(one, nodes) : undefined));
  }
}

export function removeHints(drafts: Drafts): void {
  take(drafts, ({ digest }) => digest.hints.any);
  for (const draft of [...drafts.create, ...drafts.update]) {
    draft.endpoints = draft.endpoints.map((one) => withHints(one, undefined));
  }
}

/** Unchanged slices that need other hints become drafts. */
export function take(drafts: Drafts, needs: (slice: OwnSlice) => boolean): void {
  drafts.unchanged = drafts.unchanged.filter((slice) => {
    if (!needs(slice)) return true;
    drafts.update.push(draftOf(slice));
    return false;
  });
}
