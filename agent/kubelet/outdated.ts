/** Containers that no longer are what the pod says: only the image of a container can change in a pod. */
import type { PodAction } from '../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../kube/types.ts';
import { containerHash, HASH } from './labels.ts';
import { newestSandbox, type PodListing, type UnderWay } from './observe.ts';

export function outdatedContainers(pod: Pod, listing: PodListing, { starting, stopping }: UnderWay): PodAction[] {
  if (pod.metadata.deletionTimestamp) return [];
  const sandbox = newestSandbox(listing)?.id;
  return (pod.spec?.containers ?? []).flatMap((container): PodAction[] => {
    const running = listing.containers.find(
      (c) => c.name === container.name && c.state === 'running' && c.sandbox === sandbox,
    );
    const hash = running?.annotations[HASH];
    if (!running || !hash || hash === containerHash(container)) return [];
    if (starting.has(running.id) || stopping.has(running.id)) return [];
    return [
      {
        do: 'kill-container',
        container: container.name,
        id: running.id,
        gracePeriodSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
        why: 'outdated',
        message: `Container ${container.name} definition changed, will be restarted`,
      },
    ];
  });
}
