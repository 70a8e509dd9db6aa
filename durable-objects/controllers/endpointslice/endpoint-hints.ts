/** Hints of one endpoint. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { Endpoint } from '../../../kube/types.ts';

export type Hints = NonNullable<Endpoint['hints']>;

export function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready === true;
}

export function withHints({ hints: _, ...endpoint }: Endpoint, hints: Hints | undefined): Endpoint {
  return (hints ? { ...endpoint, hints } : endpoint) as Endpoint;
}

/** Its own zone, and its node where nodes are to be near. */
export function nearHints({ zone, nodeName }: Endpoint, nodes: boolean): Hints | undefined {
  const forNodes = nodeName && nodes ? [{ name: nodeName }] : undefined;
  if (!zone && !forNodes) return undefined;
  return { ...(zone ? { forZones: [{ name: zone }] } : {}), ...(forNodes ? { forNodes } : {}) };
}

export function hasHints({ hints }: Endpoint, wanted: Hints | undefined): boolean {
  return (
    sameJson(hints?.forZones ?? [], wanted?.forZones ?? []) && sameJson(hints?.forNodes ?? [], wanted?.forNodes ?? [])
  );
}
