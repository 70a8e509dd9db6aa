/** A pod in the dashboard: the same words as `kubectl get pods`, and a tone. */
import { type PodSummary, restartsText, summarizePod } from '../../../kube/kinds/core/pod-summary.ts';
import type { ContainerStatus, Pod } from '../../../kube/types.ts';
import { t } from './messages.ts';
import type { Badge, Tone } from './tone.ts';

const BROKEN = /Error|BackOff|Failed|Unknown|OOMKilled|ErrImage|Evicted|NeverPull|Invalid|ExitCode|Signal/;
/** Waiting reasons of every container on its way. */
const ON_ITS_WAY: ReadonlySet<string | undefined> = new Set([undefined, 'ContainerCreating', 'PodInitializing']);

/** Objects are never changed, only replaced; the page asks several times of each. */
const summaries = new WeakMap<Pod, PodSummary>();

function summaryOf(pod: Pod): PodSummary {
  let summary = summaries.get(pod);
  if (!summary) {
    summary = summarizePod(pod);
    summaries.set(pod, summary);
  }
  return summary;
}

export function podStatus(pod: Pod): Badge {
  const { status, ready, total } = summaryOf(pod);
  return { text: status, tone: toneOf(status, ready === total) };
}

function toneOf(status: string, ready: boolean): Tone {
  if (status === 'Running') return ready ? 'good' : 'busy';
  if (status === 'Completed' || status === 'Succeeded') return 'idle';
  return BROKEN.test(status) ? 'bad' : 'busy';
}

export function podReady(pod: Pod): string {
  const { ready, total } = summaryOf(pod);
  return `${ready}/${total}`;
}

/** `now` in milliseconds since the epoch. */
export function podRestarts(pod: Pod, now: number): string {
  return restartsText(summaryOf(pod), now);
}

export function containerStatuses({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** The reasons why the pod does not run, one sentence each; none when it runs, or is on its way. */
export function podTroubles(pod: Pod): string[] {
  const troubles: string[] = [];
  if (pod.status?.message) troubles.push(pod.status.message);
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.message) troubles.push(scheduled.message);
  for (const { name, state, lastState } of containerStatuses(pod)) {
    const waiting = state?.waiting;
    if (waiting && !ON_ITS_WAY.has(waiting.reason)) troubles.push(`${name}: ${waiting.message ?? waiting.reason}`);
    const ended = state?.terminated ?? (state?.waiting ? lastState?.terminated : undefined);
    if (ended && ended.exitCode !== 0) troubles.push(`${name}: ${endText(ended)}`);
  }
  return troubles;
}

/** `ended with exit code 137 (OOMKilled): its termination message` */
export function endText({
  exitCode,
  signal,
  reason,
  message,
}: {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
}): string {
  let how = signal ? t('endedBy', { signal }) : t('endedWith', { code: exitCode });
  if (reason) how = t('endReason', { how, reason });
  return message ? t('endMessage', { how, message: message.trim() }) : how;
}
