/**
 * The last hour of simulated pods, which nothing measured: each used the same since its containers started, or since
 * it was changed last. What annotations said before that is not known.
 */
import type { Pod } from '../../../kube/types.ts';
import { simulatedUsage } from '../../../kube/usage/simulated.ts';
import { totalOf } from '../../../kube/usage/usage.ts';
import { HOUR_MS, type Sample } from './samples.ts';

const STEP_MS = 60_000;
const NANO = 1e9;

/**
 * A sample each minute while any of the pods ran, before `now`, which is this browser's time. `ahead`: what its clock
 * has on the cluster's.
 */
export function simulatedPast(pods: readonly Pod[], now: number, ahead: number): Sample[] {
  const known = pods.flatMap((pod) => {
    const since = sinceOf(pod);
    return since === undefined ? [] : [{ since: since + ahead, usage: totalOf(simulatedUsage(pod)) }];
  });
  const samples: Sample[] = [];
  for (let at = now - HOUR_MS + STEP_MS; at <= now - STEP_MS; at += STEP_MS) {
    const running = known.filter(({ since }) => since <= at).map(({ usage }) => usage);
    if (running.length === 0) continue;
    const { cpu, memory } = totalOf(running);
    samples.push({ at, cpu: cpu / NANO, memory });
  }
  return samples;
}

/** undefined for a pod that does not run. */
function sinceOf({ metadata, status }: Pod): number | undefined {
  if (status?.phase !== 'Running') return undefined;
  const running = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].flatMap(
    ({ state }) => state?.running ?? [],
  );
  if (running.length === 0) return undefined;
  // The managed fields name the writer of an annotation, and the time.
  const writes = (metadata.managedFields ?? []).filter(({ subresource }) => !subresource).map(({ time }) => time);
  const times = [...running.map(({ startedAt }) => startedAt), ...writes].map((time) => Date.parse(String(time)));
  return Math.max(...times.filter((time) => !Number.isNaN(time)));
}
