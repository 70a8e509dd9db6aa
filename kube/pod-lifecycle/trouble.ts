/** Why a pod that has its node does not run, or is not ready, as its status says it. */
import type { ContainerStatus, Pod } from '../types.ts';

/** Reasons for which each container waits for a moment. */
const STARTING = ['ContainerCreating', 'PodInitializing'];

/** A container that ended so long ago starts without a back-off, as nothing had been. Milliseconds. */
const FORGOTTEN_MS = 600_000;

/** A clause without a full stop; undefined where nothing is wrong. `now` in milliseconds since the epoch. */
export function troubleOf({ status }: Pod, now: number): string | undefined {
  if (!status || status.phase === 'Succeeded') return undefined;
  if (status.phase === 'Failed') return `It has failed${because(status.reason, status.message)}`;
  for (const { name, state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const { reason = '', message } = state?.waiting ?? {};
    if (reason && !STARTING.includes(reason)) return `Its container ${name} does not run${because(reason, message)}`;
  }
  for (const container of status.containerStatuses ?? []) {
    const ended = endOf(container, now);
    if (ended) return ended;
  }
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (status.phase !== 'Running' || ready?.status !== 'False') return undefined;
  return `It runs and is not ready${because(ready.reason, ready.message)}`;
}

/** A container that ends again and again, seen while it runs. */
function endOf({ name, restartCount = 0, lastState }: ContainerStatus, now: number): string | undefined {
  const { finishedAt, exitCode, reason, message } = lastState?.terminated ?? {};
  if (restartCount === 0 || !finishedAt || now - Date.parse(finishedAt) > FORGOTTEN_MS) return undefined;
  const times = restartCount === 1 ? 'once' : `${restartCount} times`;
  return `Its container ${name} was started again ${times}, and ended last with exit code ${exitCode}${because(reason, message)}`;
}

function because(reason = '', message = ''): string {
  const said = message.replace(/\.$/, '');
  if (!reason) return said && `: ${said}`;
  return said ? `: ${reason} (${said})` : `: ${reason}`;
}
