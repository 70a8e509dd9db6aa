/**
 * A simulated node's view of a pod, read from its status: that is all that is kept, so it survives eviction of the
 * object.
 */
import { timeOf } from '../../../kube/machinery/time.ts';
import {
  CONTAINER_BACK_OFF,
  NO_MEMORY,
  type Observed,
  type ObservedContainer,
  type PodMemory,
} from '../../../kube/pod-lifecycle/index.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../../kube/types.ts';

export const SANDBOX = 'sandbox';

export function recover(pod: Pod): { observed: Observed; memory: PodMemory } {
  const status = pod.status;
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const begin = timeOf(status?.startTime) || timeOf(pod.metadata.creationTimestamp);
  const containers = statuses.flatMap((each) => containersOf(each, begin));
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const begun = containers.length > 0 || status?.podIP !== undefined;
  const ips = pod.spec?.hostNetwork ? [] : (status?.podIPs ?? []).map(({ ip }) => ip ?? '');
  return {
    observed: { containers, ...(begun ? { sandbox: { id: SANDBOX, ready: !ended, ips, attempt: 0 } } : {}) },
    memory: recoverBackOff(statuses, begin),
  };
}

/** Another client may have written the status, and left out the times: `begin`, the pod's start, stands for them. */
function containersOf(status: ContainerStatus, begin: number): ObservedContainer[] {
  const found: ObservedContainer[] = [];
  const current = observe(status, status.state, status.restartCount, begin);
  // The id that the status has is that of its run now.
  const before = current ? { ...status, containerID: '', restartCount: status.restartCount - 1 } : status;
  const last = observe(before, status.lastState, before.restartCount, begin);
  if (last) found.push(last);
  if (current) found.push(current);
  return found;
}

function observe(
  status: ContainerStatus,
  state: ContainerState | undefined,
  attempt: number,
  begin: number,
): ObservedContainer | undefined {
  const common = {
    name: status.name,
    sandbox: SANDBOX,
    attempt,
    image: status.image,
    imageID: status.imageID,
  };
  if (state?.running) {
    const startedAt = timeOf(state.running.startedAt) || begin;
    return { ...common, id: status.containerID ?? '', state: 'running', createdAt: startedAt, startedAt };
  }
  const ended = state?.terminated;
  if (!ended) return undefined;
  const startedAt = timeOf(ended.startedAt) || timeOf(ended.finishedAt) || begin;
  return {
    ...common,
    id: ended.containerID ?? status.containerID ?? '',
    state: 'exited',
    createdAt: startedAt,
    startedAt,
    finishedAt: timeOf(ended.finishedAt) || startedAt,
    exitCode: ended.exitCode,
    reason: ended.reason,
  };
}

const HELD_BACK = /^back-off (?:(\d+)m)?(\d+)s restarting/;

/** The back-off that a CrashLoopBackOff names. */
function recoverBackOff(statuses: readonly ContainerStatus[], begin: number): PodMemory {
  const backOff: Record<string, { delay: number; updated: number }> = {};
  const waiting: Record<string, { reason: string; message: string }> = {};
  for (const { name, state, lastState } of statuses) {
    const { reason, message } = state?.waiting ?? {};
    const match = HELD_BACK.exec(message ?? '');
    if (reason !== 'CrashLoopBackOff' || !message || !match) continue;
    const delay = Math.min((Number(match[1] ?? 0) * 60 + Number(match[2])) * 1000, CONTAINER_BACK_OFF.max);
    backOff[name] = { delay, updated: timeOf(lastState?.terminated?.startedAt) || begin };
    waiting[name] = { reason, message };
  }
  return { ...NO_MEMORY, backOff, waiting };
}
