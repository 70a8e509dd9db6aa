/** The pod's phase from its container statuses (kubelet `kubelet_pods.go`, getPhase). */
import type { Container, ContainerStatus, Pod } from '../types.ts';
import { appContainers, initContainers, isSidecar, podRestartPolicy, restartsAfter } from './containers.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export interface PhaseInput {
  pod: Pod;
  /** Statuses of init and other containers. */
  statuses: readonly ContainerStatus[];
  /** The pod will not run again whatever its policy: it is being deleted, or has failed as a whole. */
  terminal: boolean;
  /** An app container has been started before. */
  initialized: boolean;
}

type RunState = 'unknown' | 'waiting' | 'running' | 'stopped' | 'succeeded';

function runStateOf(status: ContainerStatus | undefined): RunState {
  if (!status) return 'unknown';
  if (status.state?.running) return 'running';
  if (status.state?.terminated) return status.state.terminated.exitCode === 0 ? 'succeeded' : 'stopped';
  if (status.state?.waiting) return status.lastState?.terminated ? 'stopped' : 'waiting';
  return 'unknown';
}

function initFailed(pod: Pod, container: Container, status: ContainerStatus): boolean {
  const code = status.state?.terminated?.exitCode ?? status.lastState?.terminated?.exitCode ?? 0;
  return code !== 0 && !restartsAfter(pod, container, 'init', code);
}

export function podPhase({ pod, statuses, terminal, initialized }: PhaseInput): Phase {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const count: Record<RunState, number> = { unknown: 0, waiting: 0, running: 0, stopped: 0, succeeded: 0 };
  let pendingInit = 0;
  let pendingSidecars = 0;
  let failed = false;

  for (const container of initContainers(pod)) {
    const status = byName.get(container.name);
    const seen = runStateOf(status);
    if (!isSidecar(container)) {
      if (seen === 'unknown' || seen === 'waiting' || seen === 'running') pendingInit++;
      else if (status && initFailed(pod, container, status)) failed = true;
      continue;
    }
    if (seen === 'running') {
      count.running++;
      if (!status?.started) pendingSidecars++;
    } else if (seen === 'waiting' || seen === 'unknown') {
      count[seen]++;
      pendingSidecars++;
    }
  }
  let restarting = false;
  for (const container of appContainers(pod)) {
    const status = byName.get(container.name);
    const seen = runStateOf(status);
    count[seen]++;
    const code = status?.state?.terminated?.exitCode ?? status?.lastState?.terminated?.exitCode;
    if (code !== undefined && restartsAfter(pod, container, 'app', code)) restarting = true;
  }
  const stopped = count.stopped + count.succeeded;

  if (failed) return 'Failed';
  if (pendingInit > 0 || (pendingSidecars > 0 && !initialized) || count.waiting > 0) return 'Pending';
  if (count.unknown > 0) return 'Pending';
  if (count.running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (!terminal && (podRestartPolicy(pod) === 'Always' || restarting)) return 'Running';
  return count.stopped === 0 ? 'Succeeded' : 'Failed';
}
