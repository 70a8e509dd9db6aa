/** Containers that no longer are what the pod says, sidecars too: only the image of a container can change in a pod. */
import { appContainers, initContainers, isSidecar, type PodAction } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import { containerHash, HASH } from '../labels.ts';
import { newestSandbox, type PodListing, type UnderWay } from '../observe.ts';

/** A kill that is `decided` already may have less time: it is not repeated. */
export function outdatedContainers(
  pod: Pod,
  listing: PodListing,
  { starting, stopping }: Pick<UnderWay, 'starting' | 'stopping'>,
  decided: readonly PodAction[] = [],
): PodAction[] {
  if (pod.metadata.deletionTimestamp) return [];
  const sandbox = newestSandbox(listing)?.id;
  const sidecars = initContainers(pod).filter(isSidecar);
  return [...appContainers(pod), ...sidecars].flatMap((container): PodAction[] => {
    const running = listing.containers.find(
      (c) => c.name === container.name && c.state === 'running' && c.sandbox === sandbox,
    );
    const hash = running?.annotations[HASH];
    if (!running || !hash || hash === containerHash(container)) return [];
    if (starting.has(running.id) || stopping.has(running.id)) return [];
    if (decided.some((action) => action.do === 'kill-container' && action.container === container.name)) return [];
    return [
      {
        do: 'kill-container',
        container: container.name,
        id: running.id,
        gracePeriodSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
        why: 'outdated',
        message: sidecars.includes(container)
          ? `Init container ${container.name} definition changed`
          : `Container ${container.name} definition changed, will be restarted`,
      },
    ];
  });
}
