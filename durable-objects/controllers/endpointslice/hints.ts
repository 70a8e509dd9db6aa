/** Hints by `trafficDistribution` (upstream `endpointslice/trafficdist`), and what all hints have in common. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import type { Draft } from './packing.ts';

/** The slices of one address family that a run makes, changes and leaves. */
export interface Drafts {
  create: Draft[];
  update: Draft[];
  unchanged: EndpointSlice[];
}

export type Hints = NonNullable<Endpoint['hints']>;

/** Values of `trafficDistribution`. */
const NEAR: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode']);

/** The annotation goes before the field. */
export function hasTopologyMode(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const mode =
    annotations?.['service.kubernetes.io/topology-aware-hints'] ?? annotations?.['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

export function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready === true;
}

export function withHints({ hints: _, ...endpoint }: Endpoint, hints: Hints | undefined): Endpoint {
  return (hints ? { ...endpoint, hints } : endpoint) as Endpoint;
}

/** A slice that is changed although its endpoints stay. */
export function draftOf(slice: EndpointSlice): Draft {
  const { metadata, ports, endpoints } = slice;
  return { slice, labels: metadata.labels ?? {}, ports: ports ?? [], endpoints: [...(endpoints ?? [])] };
}

/** Hints by the field, or none. */
export function distribute({ spec }: Service, drafts: Drafts): void {
  const distribution = spec?.trafficDistribution;
  if (distribution === undefined || !NEAR.has(distribution)) {
    removeHints(drafts);
    return;
  }
  const hintsFor = ({ zone, nodeName }: Endpoint): Hints | undefined => {
    const forNodes = nodeName && distribution === 'PreferSameNode' ? [{ name: nodeName }] : undefined;
    if (!zone && !forNodes) return undefined;
    return { ...(zone ? { forZones: [{ name: zone }] } : {}), ...(forNodes ? { forNodes } : {}) };
  };
  take(drafts, ({ endpoints }) =>
    (endpoints ?? []).some((one) => isReady(one) && !sameHints(one.hints, hintsFor(one))),
  );
  for (const draft of [...drafts.create, ...drafts.update]) {
    draft.endpoints = draft.endpoints.map((one) =>
      isReady(one) ? withHints(one, hintsFor(one)) : withHints(one, undefined),
    );
  }
}

export function removeHints(drafts: Drafts): void {
  take(drafts, ({ endpoints }) => (endpoints ?? []).some(({ hints }) => hints));
  for (const draft of [...drafts.create, ...drafts.update]) {
    draft.endpoints = draft.endpoints.map((one) => withHints(one, undefined));
  }
}

/** Unchanged slices that need other hints become drafts. */
export function take(drafts: Drafts, needs: (slice: EndpointSlice) => boolean): void {
  drafts.unchanged = drafts.unchanged.filter((slice) => {
    if (!needs(slice)) return true;
    drafts.update.push(draftOf(slice));
    return false;
  });
}

function sameHints(a: Endpoint['hints'], b: Hints | undefined): boolean {
  return sameJson(a?.forZones ?? [], b?.forZones ?? []) && sameJson(a?.forNodes ?? [], b?.forNodes ?? []);
}
