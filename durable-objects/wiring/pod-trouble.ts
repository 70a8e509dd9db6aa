/** Why a pod that has its node does not run, or is not ready, as its status says it. */
import type { Pod } from '../../kube/types.ts';

/** Reasons for which each container waits for a moment. */
const STARTING = ['ContainerCreating', 'PodInitializing'];

/** A clause without a full stop; undefined where nothing is wrong. */
export function troubleOf({ status }: Pod): string | undefined {
  if (!status || status.phase === 'Succeeded') return undefined;
  if (status.phase === 'Failed') return `It has failed${because(status.reason, status.message)}`;
  for (const { name, state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const { reason = '', message } = state?.waiting ?? {};
    if (reason && !STARTING.includes(reason)) return `Its container ${name} does not run${because(reason, message)}`;
  }
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (status.phase !== 'Running' || ready?.status !== 'False') return undefined;
  return `It runs and is not ready${because(ready.reason, ready.message)}`;
}

function because(reason = '', message = ''): string {
  const said = message.replace(/\.$/, '');
  if (!reason) return said && `: ${said}`;
  return said ? `: ${reason} (${said})` : `: ${reason}`;
}
