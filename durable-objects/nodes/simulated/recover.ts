/**
 * A simulated node's view of a pod, read from its status: that is all that is kept, so it survives eviction of the
 * object.
 */
import { NO_MEMORY, type Observed, type ObservedContainer, type PodMemory } from '../../../kube/pod-lifecycle/index.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../../kube/types.ts';

export const SANDBOX = 'sandbox';

export function recover(pod: Pod): { observed: Observed; memory: PodMemory } {
  const status = pod.status;
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const containers = statuses.flatMap(containersOf);
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const begun = containers.length > 0 || status?.podIP !== undefined;
  const ips = pod.spec?.hostNetwork ? [] : (status?.podIPs ?? []).map(({ ip }) => ip ?? '');
  return {
    observed: { containers, ...(begun ? { sandbox: { id: SANDBOX, ready: !ended, ips, attempt: 0 } } : {}) },
    memory: recoverBackOff(statuses),
  };
}

function containersOf(status: ContainerStatus): ObservedContainer[] {
  const found: ObservedContainer[] = [];
  const current = observe(status, status.state, status.restartCount);
  const last = observe(status, status.lastState, current ? status.restartCount - 1 : status.restartCount);
  if (last) found.push(last);
  if (current) found.push(current);
  return found;
}

function observe(
  status: ContainerStatus,
  state: ContainerState | undefined,
  attempt: number,
): ObservedContainer | undefined {
  const common = {
    name: status.name,
    sandbox: SANDBOX,
    attempt,
    image: status.image,
    imageID: status.imageID,
  };
  if (state?.running) {
    const startedAt = Date.parse(state.running.startedAt ?? '');
    return { ...common, id: status.containerID ?? '', state: 'running', createdAt: startedAt, startedAt };
  }
  const ended = state?.terminated;
  if (!ended) return undefined;
  const startedAt = Date.parse(ended.startedAt ?? ended.finishedAt ?? '');
  return {
    ...common,
    id: ended.containerID ?? status.containerID ?? '',
    state: 'exited',
    createdAt: startedAt,
    startedAt,
    finishedAt: Date.parse(ended.finishedAt ?? ''),
    exitCode: ended.exitCode,
    reason: ended.reason,
  };
}

const HELD_BACK = /^back-off (?:(\d+)m)?(\d+)s restarting/;

/** The back-off that a CrashLoopBackOff names. */
function recoverBackOff(statuses: readonly ContainerStatus[]): PodMemory {
  const backOff: Record<string, { delay: number; updated: number }> = {};
  const waiting: Record<string, { reason: string; message: string }> = {};
  for (const { name, state, lastState } of statuses) {
    const { reason, message } = state?.waiting ?? {};
    const match = HELD_BACK.exec(message ?? '');
    if (reason !== 'CrashLoopBackOff' || !message || !match) continue;
    const delay = (Number(match[1] ?? 0) * 60 + Number(match[2])) * 1000;
    backOff[name] = { delay, updated: Date.parse(lastState?.terminated?.startedAt ?? '') };
    waiting[name] = { reason, message };
  }
  return { ...NO_MEMORY, backOff, waiting };
}
