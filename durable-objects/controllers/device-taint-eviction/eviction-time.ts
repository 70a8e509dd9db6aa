/** When a pod has to leave because of its devices' taints (`podEvictionTime`, `claimEvictionTime`). */
import { claimName, isReservedFor, notForPod } from '../../../kube/devices/claims.ts';
import { toleratesTaint } from '../../../kube/devices/tolerations.ts';
import type { Result, Taint, Toleration } from '../../../kube/devices/types.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Pod, ResourceClaim } from '../../../kube/types.ts';
import type { View } from '../runtime/view/view.ts';
import { CLAIMS, poolId, slicesByPool, sliceTaints } from './facts.ts';

/** In milliseconds since the epoch; undefined where it may stay. */
export function evictionTime(pod: Pod, view: View): number | undefined {
  if (!pod.spec?.nodeName) return undefined;
  const times = (pod.spec.resourceClaims ?? []).flatMap((entry) => {
    const known = claimName(pod, entry);
    if ('error' in known || known.name === undefined) return [];
    const claim = view.get<ResourceClaim>(CLAIMS, pod.metadata.namespace ?? '', known.name);
    if (!claim?.status?.allocation || !isReservedFor(pod, claim)) return [];
    if (known.isGenerated && notForPod(pod, claim) !== undefined) return [];
    const results = (claim.status.allocation.devices?.results ?? []) as unknown as Result[];
    return results.flatMap((result) => timesOf(result, view));
  });
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Kept while a pod waits: when it is to leave by its taints, when it leaves, and when that was found. */
interface Wait {
  computed: number;
  due: number;
  at: number;
}

/**
 * When a pod leaves, and the memo of that. A clock that was set back since the last look leaves the time that was left
 * then, as upstream, which waits by a clock that is never set.
 */
export function waitFor(computed: number, memo: string | undefined, now: number): { due: number; memo: string } {
  const kept: Wait | undefined = memo?.startsWith('{') ? JSON.parse(memo) : undefined;
  const before = kept?.computed === computed ? kept : { due: computed, at: now };
  const due = before.at > now ? now + before.due - before.at : before.due;
  return { due, memo: JSON.stringify({ computed, due, at: now } satisfies Wait) };
}

function timesOf({ driver, pool, device, tolerations = [] }: Result, view: View): number[] {
  return taintsOf(poolId(driver, pool), device, view).flatMap((taint) => {
    const seconds = toleratedFor(taint, tolerations);
    return seconds === undefined ? [] : [timeOf(taint.timeAdded) + seconds * 1000];
  });
}

/** Those of the pool's latest generation. */
function taintsOf(pool: string, device: string, view: View): Taint[] {
  const slices = [...view.index(slicesByPool, pool)].flatMap((slice) => sliceTaints.of(slice) ?? []);
  const latest = Math.max(...slices.map(({ generation }) => generation));
  return slices
    .filter(({ generation }) => generation === latest)
    .flatMap(({ taints }) => taints.filter((one) => one.device === device).map(({ taint }) => taint));
}

/** 0 where it is not tolerated; undefined where it is for good. Only tolerations of just this effect count. */
function toleratedFor(taint: Taint, tolerations: readonly Toleration[]): number | undefined {
  const matching = tolerations.filter((one) => one.effect === 'NoExecute' && toleratesTaint(one, taint));
  if (matching.length === 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { tolerationSeconds: seconds } of matching) {
    if (seconds === undefined || seconds === null) return undefined;
    least = Math.min(least, Math.max(0, Number(seconds)));
  }
  return least;
}
