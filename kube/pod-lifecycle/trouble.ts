/** Why a pod that has its node does not run, or is not ready, as its status says it. */
import { fill } from '../machinery/fill.ts';
import { timeOf } from '../machinery/time.ts';
import type { ContainerStatus, Pod } from '../types.ts';
import { TROUBLE_WORDS } from './trouble-words.ts';

export interface Trouble {
  code: keyof typeof TROUBLE_WORDS;
  /** Upstream's, such as `ImagePullBackOff`. */
  reason: string;
  message: string;
  container?: string;
  /** How often it was started again. */
  count?: number;
  /** Of the container's last end. */
  exitCode?: number;
  endReason?: string;
  minutes?: number;
}

/** Reasons for which each container waits for a moment. */
const STARTING = ['ContainerCreating', 'PodInitializing'];

/** A container that ended so long ago starts without a back-off, as nothing had been. Milliseconds. */
const FORGOTTEN_MS = 600_000;
/** Volumes that are not there keep a container from being made; a large image takes a while, too. */
const SLOW_MS = 60_000;

/** undefined where nothing is wrong. `now` in milliseconds since the epoch. */
export function troubleOf({ spec, status }: Pod, now: number): Trouble | undefined {
  if (!status || status.phase === 'Succeeded') return undefined;
  const { reason = '', message = '' } = status;
  if (status.phase === 'Failed') return { code: 'failed', reason, message };
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const waits = waitOf(container);
    if (waits) return waits;
  }
  for (const container of status.containerStatuses ?? []) {
    const ended = endOf(container, now);
    if (ended) return ended;
  }
  const creating = containers.find(({ state }) => state?.waiting?.reason === 'ContainerCreating');
  const since = timeOf(status.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime);
  if (creating && spec?.nodeName && since > 0 && now - since > SLOW_MS) {
    const minutes = Math.floor((now - since) / 60_000);
    return { code: 'slow', reason: 'ContainerCreating', message: '', container: creating.name, minutes };
  }
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (status.phase !== 'Running' || ready?.status !== 'False') return undefined;
  return { code: 'notReady', reason: ready.reason ?? '', message: ready.message ?? '' };
}

function waitOf({ name, state, lastState }: ContainerStatus): Trouble | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  if (!reason || STARTING.includes(reason)) return undefined;
  const { exitCode, reason: endReason } = lastState?.terminated ?? {};
  return {
    code: 'waiting',
    reason,
    message,
    container: name,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(endReason ? { endReason } : {}),
  };
}

/** A container that ends again and again, seen while it runs. */
function endOf({ name, restartCount = 0, lastState }: ContainerStatus, now: number): Trouble | undefined {
  const { finishedAt, exitCode = 0, reason = '', message = '' } = lastState?.terminated ?? {};
  if (restartCount === 0 || !finishedAt || now - Date.parse(finishedAt) > FORGOTTEN_MS) return undefined;
  const code = restartCount === 1 ? 'again' : 'againAndAgain';
  return { code, reason, message, container: name, count: restartCount, exitCode, endReason: reason };
}

/** A clause in English, without a full stop. */
export function troubleText(trouble: Trouble): string {
  return fill(TROUBLE_WORDS[trouble.code], { ...trouble, because: because(trouble) });
}

function because({ reason, message }: Trouble): string {
  const said = message.replace(/\.$/, '');
  if (!reason) return said && `: ${said}`;
  return said ? `: ${reason} (${said})` : `: ${reason}`;
}
