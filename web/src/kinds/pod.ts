/** A pod in the dashboard: the same words as `kubectl get pods`, and a tone. */
import { restartsText, summarizePod } from '../../../kube/kinds/core/pod-summary.ts';
import type { Pod } from '../../../kube/types.ts';
import { now } from '../api/clock.ts';
import type { Badge, Tone } from './tone.ts';

const BROKEN = /Error|BackOff|Failed|Unknown|OOMKilled|ErrImage|Evicted|NeverPull|Invalid/;

export function podStatus(pod: Pod): Badge {
  const { status, ready, total } = summarizePod(pod);
  return { text: status, tone: toneOf(status, ready === total) };
}

function toneOf(status: string, ready: boolean): Tone {
  if (status === 'Running') return ready ? 'good' : 'busy';
  if (status === 'Completed' || status === 'Succeeded') return 'idle';
  return BROKEN.test(status) ? 'bad' : 'busy';
}

export function podReady(pod: Pod): string {
  const { ready, total } = summarizePod(pod);
  return `${ready}/${total}`;
}

export function podRestarts(pod: Pod): string {
  return restartsText(summarizePod(pod), now.value);
}

export function containerNames(pod: Pod): string[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ name }) => name);
}
