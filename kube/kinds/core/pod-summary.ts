/** A pod's line in `kubectl get pods` (`printPod` in `pkg/printers/internalversion/printers.go`). */
import type { ContainerState, ContainerStatus, Pod } from '../../types.ts';
import { since } from '../columns/human-duration.ts';

export interface PodSummary {
  ready: number;
  total: number;
  status: string;
  restarts: number;
  /** RFC 3339; when the container that restarted last had ended. */
  lastRestart: string | undefined;
}

/** Containers that run beside the others: init containers that are always restarted. */
function sidecarNames(pod: Pod): ReadonlySet<string> {
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return new Set(sidecars.map((container) => container.name));
}

function ended(state: ContainerState['terminated'], prefix: string): string {
  if (state?.reason) return prefix + state.reason;
  return state?.signal ? `${prefix}Signal:${state.signal}` : `${prefix}ExitCode:${state?.exitCode ?? 0}`;
}

function conditionIsTrue(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
}

/** Restarts of some containers, and when the last of them happened. */
function restartsOf(statuses: readonly ContainerStatus[]): Pick<PodSummary, 'restarts' | 'lastRestart'> {
  let restarts = 0;
  let lastRestart: string | undefined;
  for (const status of statuses) {
    restarts += status.restartCount ?? 0;
    const finished = status.lastState?.terminated?.finishedAt;
    if (finished && (!lastRestart || Date.parse(finished) > Date.parse(lastRestart))) lastRestart = finished;
  }
  return { restarts, lastRestart };
}

/** The reason why init containers hold the pod up, if they do; `seen` counts those that were looked at. */
function initProgress(
  pod: Pod,
  sidecars: ReadonlySet<string>,
): { reason: string | undefined; ready: number; seen: number } {
  let ready = 0;
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, { name, state, started, ready: isReady }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (sidecars.has(name) && started) {
      if (isReady) ready++;
      continue;
    }
    const seen = index + 1;
    if (state?.terminated) return { reason: ended(state.terminated, 'Init:'), ready, seen };
    const waiting = state?.waiting?.reason;
    if (waiting && waiting !== 'PodInitializing') return { reason: `Init:${waiting}`, ready, seen };
    return { reason: `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`, ready, seen };
  }
  return { reason: undefined, ready, seen: statuses.length };
}

/** The reason that the main containers give; the first container speaks last. */
function mainProgress(pod: Pod, before: string): { reason: string; ready: number } {
  let reason = before;
  let failure = '';
  let ready = 0;
  let running = false;
  for (const { state, ready: isReady } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) {
      reason = ended(state.terminated, '');
      if (state.terminated.exitCode !== 0) failure = reason;
    } else if (isReady && state?.running) {
      running = true;
      ready++;
    }
  }
  if (reason === 'Completed') {
    if (running && conditionIsTrue(pod, 'Ready')) reason = 'Running';
    else if (failure) reason = failure;
    else if (running) reason = 'NotReady';
  }
  return { reason, ready };
}

export function summarizePod(pod: Pod): PodSummary {
  const sidecars = sidecarNames(pod);
  const phase = pod.status?.phase ?? '';
  let status = pod.status?.reason || phase;
  if (pod.status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')) {
    status = 'SchedulingGated';
  }
  const init = initProgress(pod, sidecars);
  const initStatuses = (pod.status?.initContainerStatuses ?? []).slice(0, init.seen);
  let ready = init.ready;
  let counted: readonly ContainerStatus[] = initStatuses;
  if (init.reason !== undefined) status = init.reason;
  if (init.reason === undefined || conditionIsTrue(pod, 'Initialized')) {
    const main = mainProgress(pod, status);
    status = main.reason;
    ready += main.ready;
    counted = [...initStatuses.filter(({ name }) => sidecars.has(name)), ...(pod.status?.containerStatuses ?? [])];
  }
  if (pod.metadata.deletionTimestamp) {
    if (pod.status?.reason === 'NodeLost') status = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') status = 'Terminating';
  }
  return { ready, total: (pod.spec?.containers?.length ?? 0) + sidecars.size, status, ...restartsOf(counted) };
}

/** `3 (2m10s ago)` */
export function restartsText({ restarts, lastRestart }: PodSummary, now: number): string {
  return restarts !== 0 && lastRestart ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts);
}
