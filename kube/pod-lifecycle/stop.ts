/** Ending a pod: its containers, then its sidecars in reverse order, then its network (kubelet `killPod`, KEP-753). */
import type { Container } from '../types.ts';
import type { DecideInput, PodAction } from './actions.ts';
import { initContainers, isSidecar } from './containers.ts';
import type { ObservedContainer } from './observed.ts';

/** Containers get at least this long (kubelet `minimumGracePeriodInSeconds`). */
const MINIMUM_GRACE_SECONDS = 2;
/** Grace periods are whole seconds: one that is longer by less is the same. Milliseconds. */
const SAME = 1000;

function graceSeconds({ pod, memory, now }: StopInput): number {
  const { failure, deletion } = memory;
  // Never more than the whole period: the clock may have been set back.
  const seconds = deletion
    ? Math.min(deletion.gracePeriodSeconds, Math.ceil((deletion.by - now) / 1000))
    : Number(failure?.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30);
  return Math.max(MINIMUM_GRACE_SECONDS, seconds);
}

export type StopInput = Pick<DecideInput, 'pod' | 'observed' | 'memory' | 'now'>;

/**
 * The next steps to the pod's end. Empty while kills are under way whose time is not shortened, or when the pod has
 * ended and stays as history.
 */
export function stopPod(input: StopInput): PodAction[] {
  const { pod, observed } = input;
  const kills = killContainers(input);
  if (kills) return kills;
  if (observed.sandbox?.ready) return [{ do: 'stop-sandbox', id: observed.sandbox.id }];
  // A pod that ended by itself stays in the API, as Succeeded or Failed, until it is deleted.
  return pod.metadata.deletionTimestamp ? [{ do: 'finish' }] : [];
}

/**
 * Containers, then sidecars one by one. Empty while those that are next are being killed; undefined when none is alive.
 */
export function killContainers(input: StopInput): PodAction[] | undefined {
  const { pod, observed } = input;
  const alive = observed.containers.filter((c) => c.state === 'running' || c.state === 'unknown');
  const sidecars = initContainers(pod).filter(isSidecar);
  const isLate = (c: ObservedContainer): boolean => sidecars.some((sidecar) => sidecar.name === c.name);
  const first = alive.filter((c) => !isLate(c));
  if (first.length > 0) return first.flatMap((c) => kill(input, c));
  const last = lastSidecar(sidecars, alive);
  return last && kill(input, last);
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

function kill(input: StopInput, container: ObservedContainer): PodAction[] {
  const gracePeriodSeconds = graceSeconds(input);
  const { stopBy } = container;
  const due = Math.max(input.now + gracePeriodSeconds * 1000, input.memory.deletion?.by ?? 0);
  if (stopBy !== undefined && due >= stopBy - SAME) return [];
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
