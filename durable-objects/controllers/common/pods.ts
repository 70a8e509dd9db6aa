/** Questions about pods, answered from their projections (upstream `pkg/controller/controller_utils.go`). */
import type { PodFacts, Projection } from '../runtime/view.ts';

export type PodProjection = Projection & { pod: PodFacts };

export function isPod(projection: Projection | undefined): projection is PodProjection {
  return projection?.pod !== undefined;
}

export function isTerminal({ pod }: PodProjection): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

export function isActive(projection: PodProjection): boolean {
  return !isTerminal(projection) && !projection.deleting;
}

/** Going, and not yet gone. */
export function isTerminating(projection: PodProjection): boolean {
  return !isTerminal(projection) && projection.deleting;
}

/** When a pod will have been ready for `minReadySeconds`: 0 when it is, undefined while it isn't ready. In ms. */
export function untilAvailable({ pod }: PodProjection, minReadySeconds: number, now: number): number | undefined {
  if (!pod.ready) return undefined;
  if (minReadySeconds === 0) return 0;
  if (pod.readySince === 0) return undefined;
  return Math.max(0, pod.readySince + minReadySeconds * 1000 - now);
}
