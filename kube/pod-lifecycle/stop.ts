/** Ending a pod: its containers, then its sidecars in reverse order, then its network (kubelet `killPod`, KEP-753). */
import type { Container } from '../types.ts';
import type { DecideInput, PodAction } from './actions.ts';
import { initContainers, isSidecar } from './containers.ts';
import type { ObservedContainer } from './observed.ts';

/** Containers get at least this long (kubelet `minimumGracePeriodInSeconds`). */
const MINIMUM_GRACE_SECONDS = 2;
/** Grace periods are whole seconds: one that is longer by less is the same. Milliseconds. */
const SAME = 1000;

/** When the pod must be gone, in milliseconds; undefined while it is not being deleted. */
function graceDeadline({ pod }: Pick<DecideInput, 'pod'>): number | undefined {
  // The API server sets deletionTimestamp to the moment the grace period ends.
  return pod.metadata.deletionTimestamp ? Date.parse(pod.metadata.deletionTimestamp) : undefined;
}

function graceSeconds(input: DecideInput): number {
  const { pod, memory, now } = input;
  const deadline = graceDeadline(input);
  const own = memory.failure?.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  if (deadline === undefined) return Math.max(MINIMUM_GRACE_SECONDS, own);
  const whole = pod.metadata.deletionGracePeriodSeconds ?? 30;
  return Math.max(MINIMUM_GRACE_SECONDS, Math.min(whole, Math.ceil((deadline - now) / 1000)));
}

/**
 * What to do next so that the pod ends. Empty while kills are under way whose time is not shortened, or when the pod has
 * ended and stays as history.
 */
export function stopPod(input: DecideInput): PodAction[] {
  const { pod, observed } = input;
  const alive = observed.containers.filter((c) => c.state === 'running' || c.state === 'unknown');
  const sidecars = initContainers(pod).filter(isSidecar);
  const isLate = (c: ObservedContainer): boolean => sidecars.some((sidecar) => sidecar.name === c.name);
  const first = alive.filter((c) => !isLate(c));
  if (first.length > 0) return first.flatMap((c) => kill(input, c));
  const last = lastSidecar(sidecars, alive);
  if (last) return kill(input, last);
  if (observed.sandbox?.ready) return [{ do: 'stop-sandbox', id: observed.sandbox.id }];
  // A pod that ended by itself stays in the API, as Succeeded or Failed, until it is deleted.
  return pod.metadata.deletionTimestamp ? [{ do: 'finish' }] : [];
}

function lastSidecar(
  sidecars: readonly Container[],
  alive: readonly ObservedContainer[],
): ObservedContainer | undefined {
  for (const sidecar of [...sidecars].reverse()) {
    const running = alive.find((c) => c.name === sidecar.name);
    if (running) return running;
  }
  return undefined;
}

function kill(input: DecideInput, container: ObservedContainer): PodAction[] {
  const gracePeriodSeconds = graceSeconds(input);
  const { stopBy } = container;
  if (stopBy !== undefined && input.now + gracePeriodSeconds * 1000 >= stopBy - SAME) return [];
  return [
    {
      do: 'kill-container',
      container: container.name,
      id: container.id,
      gracePeriodSeconds,
      why: 'pod-ending',
      message: `Stopping container ${container.name}`,
    },
  ];
}
