/** The pods of a workload that have no node or do not run as they should, those with the same reason together. */
import type { Pod } from '../types.ts';
import { troubleOf, troubleText } from './trouble.ts';

export interface TroubledPods {
  pods: Pod[];
  isPlaced: boolean;
}

/** `now` in milliseconds since the epoch. */
export function troubledPods(pods: readonly Pod[], now: number): TroubledPods[] {
  const groups = new Map<string, TroubledPods>();
  for (const pod of pods) {
    const { metadata, spec, status } = pod;
    if (metadata.deletionTimestamp) continue;
    const isPlaced = Boolean(spec?.nodeName);
    const trouble = isPlaced ? troubleOf(pod, now) : undefined;
    if (isPlaced && !trouble) continue;
    const message = status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
    const reason = trouble ? troubleText(trouble) : message;
    const group = groups.get(reason);
    if (group) group.pods.push(pod);
    else groups.set(reason, { pods: [pod], isPlaced });
  }
  return [...groups.values()];
}
