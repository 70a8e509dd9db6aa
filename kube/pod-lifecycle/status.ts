/** The whole `status` of a pod from what runs (kubelet `kubelet_pods.go`, generateAPIPodStatus). */

import { qosClass } from '../kinds/core/pod-spec/qos.ts';
import { semanticEqual } from '../machinery/equality.ts';
import { schemaOf } from '../machinery/schema/resolve.ts';
import { rfc3339 } from '../machinery/time.ts';
import type { Pod, PodStatus } from '../types.ts';
import { hasStarted, podConditions } from './conditions.ts';
import { containerStatuses } from './container-statuses.ts';
import { isTerminal } from './containers.ts';
import type { Observed, ObservedContainer, PodMemory } from './observed.ts';
import { type Phase, podPhase } from './phase.ts';

export interface PodStatusInput {
  pod: Pod;
  observed: Observed;
  memory: PodMemory;
  /** The node's addresses: the first is `hostIP`. */
  hostIPs: readonly string[];
  /** The node does not resize containers that run: they keep what they were started with. */
  keepsResources?: boolean;
  now: number;
}

/**
 * The status that the API should hold. Conditions of others, `nominatedNodeName` and the like are taken over from
 * `pod.status`, so it can replace the status as it is.
 */
export function podStatus({ pod, observed, memory, hostIPs, keepsResources = false, now }: PodStatusInput): PodStatus {
  const before = pod.status ?? {};
  const ended = isTerminal(pod);
  // A refused pod never ran here: its status is complete.
  if (ended && !before.containerStatuses?.length && observed.containers.length === 0) return before;
  const { init, app, ephemeral } = containerStatuses({ pod, observed, memory, keepsResources });
  let phase: Phase = podPhase({
    pod,
    statuses: [...init, ...app],
    terminal: Boolean(pod.metadata.deletionTimestamp) || memory.failure !== undefined || ended,
    initialized: app.some(hasStarted),
  });
  if (memory.failure) phase = 'Failed';
  // A pod that is deleted before it ran ends all the same: a Job counts it, and takes its finalizer off, only then
  // (kubelet `status_manager.go`, TerminatePod).
  const isOver =
    Boolean(pod.metadata.deletionTimestamp) && !observed.sandbox?.ready && !observed.containers.some(mayRun);
  if (isOver && phase !== 'Succeeded') phase = 'Failed';
  // A phase that is final never changes again.
  if (ended) phase = before.phase as Phase;
  // Nor is it told before all have ended: another pod may take the place of this one (kubelet `status_manager.go`).
  const isFinal = phase === 'Succeeded' || phase === 'Failed';
  const isHeld = isFinal && !ended && observed.containers.some(mayRun);
  const ips = pod.spec?.hostNetwork ? hostIPs : (observed.sandbox?.ips ?? []);
  const podIPs = ips.length > 0 ? ips.map((ip) => ({ ip })) : before.podIPs;
  const failure = isHeld
    ? undefined
    : (memory.failure ?? (ended ? { reason: before.reason, message: before.message } : undefined));
  return {
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    phase: isHeld ? (before.phase ?? 'Pending') : phase,
    conditions: podConditions({
      pod,
      phase,
      init,
      app,
      sandboxReady: observed.sandbox?.ready ?? false,
      now,
    }),
    ...(failure?.message ? { message: failure.message } : {}),
    ...(failure?.reason ? { reason: failure.reason } : {}),
    ...(before.nominatedNodeName ? { nominatedNodeName: before.nominatedNodeName } : {}),
    ...(hostIPs[0] ? { hostIP: hostIPs[0], hostIPs: hostIPs.map((ip) => ({ ip })) } : {}),
    ...(podIPs?.[0] ? { podIP: podIPs[0].ip, podIPs } : {}),
    startTime: before.startTime ?? rfc3339(now),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: app,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: before.qosClass ?? qosClass(pod.spec),
    ...(before.resourceClaimStatuses ? { resourceClaimStatuses: before.resourceClaimStatuses } : {}),
    ...(before.extendedResourceClaimStatus ? { extendedResourceClaimStatus: before.extendedResourceClaimStatus } : {}),
  };
}

/** A container that was started counts as created until its postStart hook is over. */
const mayRun = ({ state, startedAt }: ObservedContainer): boolean =>
  state === 'running' || state === 'unknown' || (state === 'created' && startedAt !== undefined);

/** Whether a write of `next` over `current` would change anything; such writes are left out. */
export function sameStatus(current: PodStatus | undefined, next: PodStatus): boolean {
  return semanticEqual(schemaOf('io.k8s.api.core.v1.PodStatus'), current, next);
}
